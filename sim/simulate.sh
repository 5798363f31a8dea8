#!/bin/sh
# Started by XRT's hw_emu shim in the directory that it unpacked; the parent is the process that uses XRT.
unset LD_PRELOAD
./device
code=$?
# XRT 2.13 waits for ever when the device is gone, so the process that uses it is ended too; proofcard reports that.
[ "$code" -eq 0 ] || kill -TERM "$PPID"
exit "$code"
