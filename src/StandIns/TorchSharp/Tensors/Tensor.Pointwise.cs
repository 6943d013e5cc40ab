using static TorchSharp.Dispatcher;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor abs() => Call("abs", this);
        public Tensor neg() => Call("neg", this);
        public Tensor neg_() => Change("neg_", this);
        public Tensor exp() => Call("exp", this);
        public Tensor log() => Call("log", this);
        public Tensor sqrt() => Call("sqrt", this);
        public Tensor sqrt_() => Change("sqrt_", this);
        public Tensor rsqrt() => Call("rsqrt", this);
        public Tensor square() => Call("square", this);
        public Tensor sin() => Call("sin", this);
        public Tensor cos() => Call("cos", this);
        public Tensor erf() => Call("erf", this);
        public Tensor relu() => Call("relu", this);
        public Tensor relu_() => Change("relu_", this);
        public Tensor tanh() => Call("tanh", this);
        public Tensor tanh_() => Change("tanh_", this);
        public Tensor sigmoid() => Call("sigmoid", this);
        public Tensor sigmoid_() => Change("sigmoid_", this);
        public Tensor gelu() => Call("gelu", this);
        public Tensor softmax(long dim, ScalarType? dtype = null) => Call("softmax.int", this, dim, dtype);
        public Tensor log_softmax(long dim, ScalarType? dtype = null) => Call("log_softmax.int", this, dim, dtype);
        public Tensor clamp(Scalar? min = null, Scalar? max = null) => Call("clamp", this, min, max);
        public Tensor clamp_(Scalar? min = null, Scalar? max = null) => Change("clamp_", this, min, max);
        public Tensor clamp_min(Scalar min) => Call("clamp_min", this, min);
        public Tensor maximum(Tensor other) => Call("maximum", this, other);
        public Tensor minimum(Tensor other) => Call("minimum", this, other);
        public Tensor where(Tensor condition, Tensor y) => Call("where.self", condition, this, y);
        public Tensor masked_fill(Tensor mask, Scalar value) => Call("masked_fill.Scalar", this, mask, value);
        public Tensor masked_fill_(Tensor mask, Scalar value) => Change("masked_fill_.Scalar", this, mask, value);

        public Tensor eq(Tensor target) => Call("eq.Tensor", this, target);
        public Tensor eq(Scalar target) => Call("eq.Scalar", this, target);
        public Tensor ne(Tensor target) => Call("ne.Tensor", this, target);
        public Tensor ne(Scalar target) => Call("ne.Scalar", this, target);
        public Tensor lt(Tensor target) => Call("lt.Tensor", this, target);
        public Tensor lt(Scalar target) => Call("lt.Scalar", this, target);
        public Tensor le(Tensor target) => Call("le.Tensor", this, target);
        public Tensor le(Scalar target) => Call("le.Scalar", this, target);
        public Tensor gt(Tensor target) => Call("gt.Tensor", this, target);
        public Tensor gt(Scalar target) => Call("gt.Scalar", this, target);
        public Tensor ge(Tensor target) => Call("ge.Tensor", this, target);
        public Tensor ge(Scalar target) => Call("ge.Scalar", this, target);
        public Tensor isnan() => Call("isnan", this);
        public Tensor isfinite() => Call("isfinite", this);
        public Tensor logical_and(Tensor other) => Call("logical_and", this, other);
        public Tensor logical_not() => Call("logical_not", this);
        public bool allclose(Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false) =>
            CallBoolean("allclose", this, target, rtol, atol, equal_nan);
    }
}
