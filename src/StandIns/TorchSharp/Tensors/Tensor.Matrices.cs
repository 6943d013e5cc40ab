using static TorchSharp.Dispatcher;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor mm(Tensor target) => Call("mm", this, target);
        public Tensor mv(Tensor target) => Call("mv", this, target);
        public Tensor bmm(Tensor batch2) => Call("bmm", this, batch2);
        public Tensor dot(Tensor target) => Call("dot", this, target);
        public Tensor outer(Tensor vec2) => Call("outer", this, vec2);
        public Tensor addmm(Tensor mat1, Tensor mat2, float beta = 1f, float alpha = 1f) => Call("addmm", this, mat1, mat2, (double)beta, (double)alpha);
        public Tensor addmm_(Tensor mat1, Tensor mat2, float beta = 1f, float alpha = 1f) => Change("addmm_", this, mat1, mat2, (double)beta, (double)alpha);
        public Tensor addmv(Tensor mat, Tensor vec, float beta = 1f, float alpha = 1f) => Call("addmv", this, mat, vec, (double)beta, (double)alpha);
    }

    public static Tensor mm(Tensor input, Tensor target) => input.mm(target);
    public static Tensor bmm(Tensor input, Tensor batch2) => input.bmm(batch2);
    public static Tensor addmm(Tensor input, Tensor mat1, Tensor mat2, float beta, float alpha) => input.addmm(mat1, mat2, beta, alpha);

    public static class linalg
    {
        public enum QRMode
        {
            Reduced = 0,
            Complete = 1,
            R = 2,
        }

        public static (Tensor, Tensor) eigh(Tensor input, char UPLO = 'L') => Pair(CallMany("linalg_eigh", input, UPLO.ToString()));
        public static Tensor eigvalsh(Tensor input, char UPLO = 'L') => Call("linalg_eigvalsh", input, UPLO.ToString());
        public static (Tensor Q, Tensor R) qr(Tensor input, QRMode mode = QRMode.Reduced) => Pair(CallMany("linalg_qr", input, mode == QRMode.R ? "r" : mode.ToString().ToLowerInvariant()));
        public static Tensor svdvals(Tensor input) => Call("linalg_svdvals", input);
        public static Tensor solve(Tensor A, Tensor B, bool left = true) => left ? Call("linalg_solve", A, B) : solve(A.transpose(-2, -1), B.transpose(-2, -1)).transpose(-2, -1);
        public static Tensor cholesky(Tensor input) => Call("linalg_cholesky", input);
        public static Tensor inv(Tensor input) => Call("linalg_inv", input);
        public static Tensor vector_norm(Tensor input, double ord = 2, long[]? dims = null, bool keepdim = false) => Call("linalg_vector_norm", input, ord, dims, keepdim);

        public static (Tensor U, Tensor S, Tensor Vh) svd(Tensor input, bool fullMatrices = true)
        {
            var results = CallMany("linalg_svd", input, fullMatrices);
            return (results[0], results[1], results[2]);
        }

        public static (Tensor Solution, Tensor Residuals, Tensor Rank, Tensor SingularValues) lstsq(Tensor input, Tensor other)
        {
            var results = CallMany("linalg_lstsq", input, other);
            return (results[0], results[1], results[2], results[3]);
        }

        private static (Tensor, Tensor) Pair(Tensor[] results) => (results[0], results[1]);
    }
}
