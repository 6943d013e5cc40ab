using static TorchSharp.Dispatcher;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor add(Tensor target) => Call("add.Tensor", this, target);
        public Tensor add(Tensor target, Scalar alpha) => Call("add.Tensor", this, target, alpha);
        public Tensor add(Scalar scalar) => Call("add.Scalar", this, scalar);
        public Tensor add_(Tensor target) => Change("add_.Tensor", this, target);
        public Tensor add_(Tensor target, Scalar alpha) => Change("add_.Tensor", this, target, alpha);
        public Tensor add_(Scalar scalar) => Change("add_.Scalar", this, scalar);
        public Tensor sub(Tensor target) => Call("sub.Tensor", this, target);
        public Tensor sub(Scalar target) => Call("sub.Scalar", this, target);
        public Tensor sub_(Tensor target) => Change("sub_.Tensor", this, target);
        public Tensor sub_(Scalar target) => Change("sub_.Scalar", this, target);
        public Tensor mul(Tensor target) => Call("mul.Tensor", this, target);
        public Tensor mul(Scalar target) => Call("mul.Scalar", this, target);
        public Tensor mul_(Tensor target) => Change("mul_.Tensor", this, target);
        public Tensor mul_(Scalar target) => Change("mul_.Scalar", this, target);
        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => Call("div.Tensor_mode", this, target, Rounding(rounding_mode));
        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => Call("div.Scalar_mode", this, target, Rounding(rounding_mode));
        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => Change("div_.Tensor_mode", this, target, Rounding(rounding_mode));
        public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => Change("div_.Scalar_mode", this, target, Rounding(rounding_mode));
        public Tensor pow(Tensor exponent) => Call("pow.Tensor_Tensor", this, exponent);
        public Tensor pow(Scalar exponent) => Call("pow.Tensor_Scalar", this, exponent);
        public Tensor addcmul(Tensor tensor1, Tensor tensor2, Scalar value) => Call("addcmul", this, tensor1, tensor2, value);
        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value) => Change("addcmul_", this, tensor1, tensor2, value);
        public Tensor addcdiv(Tensor tensor1, Tensor tensor2, Scalar value) => Call("addcdiv", this, tensor1, tensor2, value);
        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value) => Change("addcdiv_", this, tensor1, tensor2, value);
        public Tensor lerp(Tensor end, Tensor weight) => Call("lerp.Tensor", this, end, weight);
        public Tensor lerp_(Tensor end, Tensor weight) => Change("lerp_.Tensor", this, end, weight);

        public static Tensor operator +(Tensor left, Tensor right) => left.add(right);
        public static Tensor operator +(Tensor left, Scalar right) => left.add(right);
        public static Tensor operator +(Scalar left, Tensor right) => right.add(left);
        public static Tensor operator -(Tensor left, Tensor right) => left.sub(right);
        public static Tensor operator -(Tensor left, Scalar right) => left.sub(right);
        public static Tensor operator -(Scalar left, Tensor right) => Call("rsub.Scalar", right, left);
        public static Tensor operator *(Tensor left, Tensor right) => left.mul(right);
        public static Tensor operator *(Tensor left, Scalar right) => left.mul(right);
        public static Tensor operator *(Scalar left, Tensor right) => right.mul(left);
        public static Tensor operator /(Tensor left, Tensor right) => left.div(right);
        public static Tensor operator /(Tensor left, Scalar right) => left.div(right);
        public static Tensor operator -(Tensor tensor) => tensor.neg();

        private static string? Rounding(RoundingMode mode) => mode == RoundingMode.None ? null : mode.ToString();
    }

    public enum RoundingMode
    {
        None = 0,
        trunc = 1,
        floor = 2,
    }
}
