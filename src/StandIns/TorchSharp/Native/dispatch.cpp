// All that the managed side needs of libtorch: operators by name through the dispatcher, and the few things that are not
// operators (lifetime, gradients, modes, generators, threads). Tensors cross as TensorImpl*, each holding one reference.
// No exception leaves this file: a failing call returns -1 (or null) and leaves its message in torch_failure.
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/ivalue.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/cuda.h>
#include <torch/version.h>

#include <dlfcn.h>

#include <cstring>
#include <string>
#include <vector>

#define EXPORT extern "C" __attribute__((visibility("default")))

namespace {

using Handle = at::TensorImpl*;
using TensorPointer = c10::intrusive_ptr<at::TensorImpl, at::UndefinedTensorImpl>;

// The tags of Argument.cs. A word stream is a row of [tag, payload...].
enum Tag : int64_t { None, OneTensor, Integer, Real, Boolean, Integers, Tensors, OptionalTensors, Text, Device, Generator };

struct Operator {
    c10::OperatorHandle handle;
    std::vector<c10::optional<c10::IValue>> defaults;
};

thread_local std::string failure;
thread_local std::vector<int64_t> results;

at::Tensor borrow(int64_t word) {
    auto impl = reinterpret_cast<Handle>(word);
    if (impl == nullptr) return {};
    c10::raw::intrusive_ptr::incref(impl);
    return at::Tensor(TensorPointer::reclaim(impl));
}

std::vector<at::Tensor> borrow(const int64_t* words, int64_t count) {
    std::vector<at::Tensor> tensors;
    tensors.reserve(count);
    for (int64_t i = 0; i < count; ++i) tensors.push_back(borrow(words[i]));
    return tensors;
}

int64_t lend(at::Tensor tensor) {
    return tensor.defined() ? reinterpret_cast<int64_t>(tensor.unsafeReleaseTensorImpl()) : 0;
}

at::Generator& generator(int64_t word) { return *reinterpret_cast<at::Generator*>(word); }

// Reads one argument, and moves to the next.
c10::IValue read(const int64_t*& words) {
    switch (*words++) {
        case OneTensor: return borrow(*words++);
        case Integer: return *words++;
        case Real: {
            double value;
            std::memcpy(&value, words++, sizeof value);
            return value;
        }
        case Boolean: return *words++ != 0;
        case Integers: {
            auto count = *words++;
            std::vector<int64_t> list(words, words + count);
            words += count;
            return list;
        }
        case Tensors: {
            auto count = *words++;
            c10::List<at::Tensor> list;
            list.reserve(count);
            for (int64_t i = 0; i < count; ++i) list.push_back(borrow(*words++));
            return list;
        }
        case OptionalTensors: {
            auto count = *words++;
            c10::List<c10::optional<at::Tensor>> list;
            list.reserve(count);
            for (int64_t i = 0; i < count; ++i) {
                auto tensor = borrow(*words++);
                list.push_back(tensor.defined() ? c10::optional<at::Tensor>(tensor) : c10::nullopt);
            }
            return list;
        }
        case Text: {
            auto bytes = *words++;
            std::string text(reinterpret_cast<const char*>(words), bytes);
            words += (bytes + 7) / 8;
            return text;
        }
        case Device: {
            auto type = static_cast<c10::DeviceType>(*words++);
            return c10::Device(type, static_cast<c10::DeviceIndex>(*words++));
        }
        case Generator: return generator(*words++);
        default: return {};
    }
}

void write(const c10::IValue& value) {
    if (value.isTensor()) results.push_back(lend(value.toTensor()));
    else if (value.isTensorList()) for (const at::Tensor& tensor : value.toTensorVector()) results.push_back(lend(tensor));
    else if (value.isBool()) results.push_back(value.toBool());
    else if (value.isInt()) results.push_back(value.toInt());
    else TORCH_CHECK(false, "a result of type ", value.tagKind(), " is not supported");
}

template <class Body>
auto guarded(Body body) noexcept -> decltype(body()) {
    try {
        return body();
    } catch (const c10::Error& error) {
        failure = error.what_without_backtrace();
    } catch (const std::exception& error) {
        failure = error.what();
    } catch (...) {
        failure = "unknown native exception";
    }
    return static_cast<decltype(body())>(-1);
}

}  // namespace

EXPORT const char* torch_failure() { return failure.c_str(); }

// The operator aten::name.overload; it lives as long as the process. -1 where this libtorch has none.
EXPORT int64_t torch_operator(const char* name, const char* overload) {
    return guarded([&] {
        auto handle = c10::Dispatcher::singleton().findSchemaOrThrow(name, overload);
        std::vector<c10::optional<c10::IValue>> defaults;
        for (const auto& argument : handle.schema().arguments()) defaults.push_back(argument.default_value());
        return reinterpret_cast<int64_t>(new Operator{handle, std::move(defaults)});
    });
}

// Calls an operator; arguments that are not given take the schema's defaults. Returns the number of result words, which
// stay valid until this thread's next call.
EXPORT int64_t torch_call(const Operator* op, const int64_t* words, int64_t count, const int64_t** output) {
    return guarded([&]() -> int64_t {
        thread_local torch::jit::Stack stack;
        stack.clear();
        results.clear();
        for (int64_t i = 0; i < count; ++i) stack.push_back(read(words));
        for (size_t i = stack.size(); i < op->defaults.size(); ++i) {
            TORCH_CHECK(op->defaults[i].has_value(), "argument ", i + 1, " is missing");
            stack.push_back(*op->defaults[i]);
        }
        op->handle.callBoxed(stack);
        for (const auto& value : stack) write(value);
        stack.clear();
        *output = results.data();
        return static_cast<int64_t>(results.size());
    });
}

EXPORT void torch_release(Handle tensor) { c10::raw::intrusive_ptr::decref(tensor); }

EXPORT int64_t torch_dimensions(Handle tensor) { return tensor->dim(); }
EXPORT const int64_t* torch_sizes(Handle tensor) { return tensor->sizes().data(); }
EXPORT const int64_t* torch_strides(Handle tensor) { return tensor->strides().data(); }
EXPORT int64_t torch_dtype(Handle tensor) { return static_cast<int64_t>(c10::typeMetaToScalarType(tensor->dtype())); }
EXPORT int64_t torch_device_type(Handle tensor) { return static_cast<int64_t>(tensor->device().type()); }
EXPORT int64_t torch_device_index(Handle tensor) { return tensor->device().index(); }
EXPORT int64_t torch_is_contiguous(Handle tensor) { return tensor->is_contiguous(); }
EXPORT int64_t torch_requires_grad(Handle tensor) { return tensor->requires_grad(); }

EXPORT int64_t torch_data(int64_t tensor) {
    return guarded([&] { return reinterpret_cast<int64_t>(borrow(tensor).data_ptr()); });
}

EXPORT int64_t torch_is_leaf(int64_t tensor) {
    return guarded([&]() -> int64_t { return borrow(tensor).is_leaf(); });
}

EXPORT int64_t torch_grad(int64_t tensor) {
    return guarded([&] { return lend(borrow(tensor).grad()); });
}

EXPORT int64_t torch_set_grad(int64_t tensor, int64_t gradient) {
    return guarded([&]() -> int64_t {
        borrow(tensor).mutable_grad() = borrow(gradient);
        return 0;
    });
}

// gradients: null, or one for each root (0 for an implicit one); inputs: null for all leaves.
EXPORT int64_t torch_backward(const int64_t* roots, int64_t count, const int64_t* gradients, bool retain, bool create,
                              const int64_t* inputs, int64_t inputCount) {
    return guarded([&]() -> int64_t {
        torch::autograd::backward(borrow(roots, count), borrow(gradients, gradients ? count : 0), retain, create,
                                  borrow(inputs, inputCount));
        return 0;
    });
}

EXPORT int64_t torch_gradients(const int64_t* roots, int64_t count, const int64_t* gradients, bool retain, bool create,
                               const int64_t* inputs, int64_t inputCount, bool allowUnused, const int64_t** output) {
    return guarded([&]() -> int64_t {
        results.clear();
        for (const auto& gradient : torch::autograd::grad(borrow(roots, count), borrow(inputs, inputCount),
                                                          borrow(gradients, gradients ? count : 0), retain, create, allowUnused))
            results.push_back(lend(gradient));
        *output = results.data();
        return static_cast<int64_t>(results.size());
    });
}

EXPORT int64_t torch_is_grad_enabled() { return c10::GradMode::is_enabled(); }
EXPORT void torch_set_grad_enabled(bool enabled) { c10::GradMode::set_enabled(enabled); }

EXPORT int64_t torch_manual_seed(uint64_t seed) {
    return guarded([&]() -> int64_t {
        at::manual_seed(seed);
        return 0;
    });
}

// A generator of its own on the CPU, or the process's default one.
EXPORT int64_t torch_generator_new(uint64_t seed) {
    return guarded([&] { return reinterpret_cast<int64_t>(new at::Generator(at::make_generator<at::CPUGeneratorImpl>(seed))); });
}
EXPORT int64_t torch_generator_default() {
    return guarded([&] { return reinterpret_cast<int64_t>(new at::Generator(at::globalContext().defaultGenerator(at::kCPU))); });
}
EXPORT void torch_generator_release(int64_t handle) { delete reinterpret_cast<at::Generator*>(handle); }
EXPORT int64_t torch_generator_seed(int64_t handle) { return static_cast<int64_t>(generator(handle).current_seed()); }
EXPORT int64_t torch_generator_manual_seed(int64_t handle, uint64_t seed) {
    return guarded([&]() -> int64_t {
        std::lock_guard<std::mutex> lock(generator(handle).mutex());
        generator(handle).set_current_seed(seed);
        return 0;
    });
}
EXPORT int64_t torch_generator_state(int64_t handle) {
    return guarded([&] {
        std::lock_guard<std::mutex> lock(generator(handle).mutex());
        return lend(generator(handle).get_state());
    });
}
EXPORT int64_t torch_generator_set_state(int64_t handle, int64_t state) {
    return guarded([&]() -> int64_t {
        std::lock_guard<std::mutex> lock(generator(handle).mutex());
        generator(handle).set_state(borrow(state));
        return 0;
    });
}

// libtorch's own threads and OpenBLAS's are counted apart; left alone, the latter takes every core.
EXPORT int64_t torch_set_threads(int32_t threads) {
    return guarded([&]() -> int64_t {
        at::set_num_threads(threads);
        if (auto set = reinterpret_cast<void (*)(int)>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads"))) set(threads);
        return 0;
    });
}
EXPORT int64_t torch_threads() { return at::get_num_threads(); }

EXPORT int64_t torch_cuda_devices() {
    return guarded([&] { return static_cast<int64_t>(torch::cuda::device_count()); });
}
EXPORT int64_t torch_cuda_synchronize(int64_t device) {
    return guarded([&]() -> int64_t {
        torch::cuda::synchronize(device);
        return 0;
    });
}

EXPORT const char* torch_version() { return TORCH_VERSION; }
