#!/usr/bin/env python3
"""Writes every view of the kernels' ABIs from bitstreams/abi/*.json: headers, RTL packages and tops, kernel.xml, pages. Standard library only.

usage: generate_abi.py [--root DIR] [DESCRIPTION.json ...]      DIR gets the files (default: the project); tests/device regenerates and compares.
                                                                With descriptions, only the views of those.

scripts/abi/description.py says what a description has, and what the ABI hash is made of.
"""

import argparse
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "abi"))
import cpp_views  # noqa: E402
import description  # noqa: E402
import page  # noqa: E402
import rtl_views  # noqa: E402
import tops  # noqa: E402


def common_views(common):
    return {
        "rtl/pkg/pc_kernel_abi_pkg.sv": rtl_views.common_package(common),
        "host/device/abi/abi_common.hpp": cpp_views.common_host_header(common),
        "hls/common/abi_common.hpp": cpp_views.common_hls_header(common),
        "docs/abi_common.md": page.common_page(common),
    }


def kernel_views(abi):
    suffix = description.suffix(abi)
    views = {
        f"rtl/pkg/{rtl_views.package_name(abi)}.sv": rtl_views.package(abi),
        f"host/device/abi/abi{suffix}.hpp": cpp_views.host_header(abi),
        f"bitstreams/abi/{abi['kernel']}.kernel.xml": rtl_views.kernel_xml(abi),
        f"docs/abi{suffix}.md": page.kernel_page(abi),
    }
    if "top" in abi:
        views[f"{abi['top']['folder']}/{abi['kernel']}.sv"] = tops.top(abi)
    if not abi.get("rtl_only"):
        views[f"hls/common/abi{suffix}.hpp"] = cpp_views.hls_header(abi)
    return views


def write(views, root):
    for path, text in views.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=pathlib.Path, default=description.PROJECT)
    parser.add_argument("descriptions", nargs="*", type=pathlib.Path)
    arguments = parser.parse_args()
    views = {} if arguments.descriptions else common_views(description.load_common())
    for path in arguments.descriptions or description.all_kernels():
        views.update(kernel_views(description.load(path)))
    write(views, arguments.root)


if __name__ == "__main__":
    main()
