#include "errors.hpp"

#include <nanobind/nanobind.h>

#include <proofcard/errors.hpp>

namespace nb = nanobind;

namespace proofcard::python {
namespace {

void set_error(const char* name, const Failure& failure) {
  const nb::object type = nb::module_::import_("proofcard._errors").attr(name);
  // what() begins with where().
  const nb::object error = type(nb::str(failure.what()), nb::str(failure.where().c_str()));
  PyErr_SetObject(type.ptr(), error.ptr());
}

void translate(const std::exception_ptr& thrown, void* /*payload*/) {
  try {
    std::rethrow_exception(thrown);
  } catch (const Rejected& e) {
    set_error("Rejected", e);
  } catch (const DeviceFault& e) {
    set_error("DeviceFault", e);
  } catch (const Failure& e) {
    set_error("BadInput", e);
  }
}

}  // namespace

void translate_errors() { nb::register_exception_translator(translate); }

}  // namespace proofcard::python
