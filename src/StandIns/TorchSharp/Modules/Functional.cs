using static TorchSharp.Dispatcher;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>What a loss does with the values of the samples.</summary>
        public enum Reduction : long
        {
            None = 0,
            Mean = 1,
            Sum = 2,
        }

        public static class functional
        {
            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null) => Call("linear", input, weights, bias);
            public static Tensor relu(Tensor x, bool inplace = false) => inplace ? x.relu_() : x.relu();
            public static Tensor tanh(Tensor x, bool inplace = false) => inplace ? x.tanh_() : x.tanh();
            public static Tensor sigmoid(Tensor x) => x.sigmoid();
            public static Tensor gelu(Tensor x) => x.gelu();
            public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => input.softmax(dim, dtype);
            public static Tensor log_softmax(Tensor x, long dim) => x.log_softmax(dim);

            public static Tensor layer_norm(Tensor input, long[] normalized_shape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-05) =>
                Call("layer_norm", input, normalized_shape, weight, bias, eps);

            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false) =>
                inplace ? Change("dropout_", input, p, training) : Call("dropout", input, p, training);

            /// <summary>target: class numbers (int64), or probabilities in the shape of the input.</summary>
            public static Tensor cross_entropy(Tensor input, Tensor target, Tensor? weight = null, long ignore_index = -100, Reduction reduction = Reduction.Mean, double label_smoothing = 0) =>
                Call("cross_entropy_loss", input, target, weight, (long)reduction, ignore_index, label_smoothing);

            public static Tensor binary_cross_entropy_with_logits(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean, Tensor? pos_weights = null) =>
                Call("binary_cross_entropy_with_logits", input, target, weight, pos_weights, (long)reduction);

            public static Tensor mse_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) => Call("mse_loss", input, target, (long)reduction);
        }

        /// <summary>Fills tensors in place, outside of any history.</summary>
        public static class init
        {
            public static Tensor zeros_(Tensor tensor) => Silently(tensor, () => tensor.zero_());
            public static Tensor ones_(Tensor tensor) => constant_(tensor, 1);
            public static Tensor constant_(Tensor tensor, Scalar val) => Silently(tensor, () => tensor.fill_(val));
            public static Tensor uniform_(Tensor tensor, double low = 0, double high = 1, Generator? generator = null) => Silently(tensor, () => tensor.uniform_(low, high, generator));
            public static Tensor normal_(Tensor tensor, double mean = 0, double std = 1, Generator? generator = null) => Silently(tensor, () => tensor.normal_(mean, std, generator));

            private static Tensor Silently(Tensor tensor, Action fill)
            {
                using var silent = no_grad();
                fill();
                return tensor;
            }
        }
    }
}
