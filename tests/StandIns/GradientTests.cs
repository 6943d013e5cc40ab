using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace W2S.StandIns.Tests;

/// <summary>Every differentiable operator that the stand-in exposes, against central differences in float64.</summary>
public class GradientTests
{
    public static readonly TheoryData<string> Operators = [.. Cases.Keys];

    /// <summary>Each takes x and y, [3, 4] in (0.2, 1.2), and gives a tensor of any shape.</summary>
    private static Dictionary<string, Func<Tensor, Tensor, Tensor>> Cases => new()
    {
        ["add"] = (x, y) => x + y,
        ["add, scaled"] = (x, y) => x.add(y, 0.3),
        ["add a number"] = (x, _) => x + 2,
        ["sub"] = (x, y) => x - y,
        ["subtract from a number"] = (x, _) => 2 - x,
        ["mul"] = (x, y) => x * y,
        ["mul by a number"] = (x, _) => 3 * x,
        ["div"] = (x, y) => x / y,
        ["div by a number"] = (x, _) => x / 3,
        ["neg"] = (x, _) => -x,
        ["pow"] = (x, y) => x.pow(y),
        ["pow by a number"] = (x, _) => x.pow(3),
        ["addcmul"] = (x, y) => x.addcmul(y, x, 0.5),
        ["addcdiv"] = (x, y) => x.addcdiv(x, y, 0.5),
        ["lerp"] = (x, y) => x.lerp(y, y),
        ["abs"] = (x, y) => (x - y).abs(),
        ["exp"] = (x, _) => x.exp(),
        ["log"] = (x, _) => x.log(),
        ["sqrt"] = (x, _) => x.sqrt(),
        ["rsqrt"] = (x, _) => x.rsqrt(),
        ["square"] = (x, _) => x.square(),
        ["sin"] = (x, _) => x.sin(),
        ["cos"] = (x, _) => x.cos(),
        ["erf"] = (x, _) => x.erf(),
        ["relu"] = (x, y) => (x - y).relu(),
        ["tanh"] = (x, _) => x.tanh(),
        ["sigmoid"] = (x, _) => x.sigmoid(),
        ["gelu"] = (x, y) => (x - y).gelu(),
        ["softmax"] = (x, _) => x.softmax(1),
        ["log_softmax"] = (x, _) => x.log_softmax(0),
        ["clamp"] = (x, _) => x.clamp(0.5, 0.9),
        ["clamp_min"] = (x, _) => x.clamp_min(0.7),
        ["maximum"] = (x, y) => x.maximum(y),
        ["minimum"] = (x, y) => x.minimum(y),
        ["where"] = (x, y) => where(x.detach().gt(0.6), x * x, y),
        ["masked_fill"] = (x, _) => x.masked_fill(x.detach().gt(0.6), 2),
        ["masked_select"] = (x, _) => x.masked_select(x.detach().gt(0.6)),
        ["T"] = (x, y) => x.T * y.T,
        ["t"] = (x, _) => x.t().square(),
        ["view"] = (x, _) => x.view(2, 6).square(),
        ["reshape"] = (x, _) => x.t().reshape(6, 2).square(),
        ["flatten"] = (x, _) => x.flatten().square(),
        ["squeeze and unsqueeze"] = (x, _) => x.unsqueeze(1).squeeze(1).square(),
        ["transpose"] = (x, _) => x.transpose(0, 1).square(),
        ["permute"] = (x, _) => x.permute(1, 0).square(),
        ["expand"] = (x, _) => x.unsqueeze(0).expand(2, 3, 4).square(),
        ["expand_as"] = (x, y) => x.select(0, 0).expand_as(y) * y,
        ["repeat"] = (x, _) => x.repeat(2, 1).square(),
        ["tril and triu"] = (x, _) => x.tril() * 2 + x.triu(1).square(),
        ["diagonal"] = (x, _) => x.diagonal().square(),
        ["split"] = (x, _) => x.split(2)[1].square(),
        ["split by sizes"] = (x, _) => x.split([1L, 2L])[1].square(),
        ["chunk"] = (x, _) => x.chunk(2, 1)[1].square(),
        ["unbind"] = (x, _) => x.unbind()[2].square(),
        ["cat"] = (x, y) => cat([x, y], 1).square(),
        ["stack"] = (x, y) => stack([x, y]).square(),
        ["select"] = (x, _) => x.select(1, 2).square(),
        ["narrow"] = (x, _) => x.narrow(1, 1, 2).square(),
        ["slice"] = (x, _) => x.slice(1, 0, 4, 2).square(),
        ["index"] = (x, _) => x[1, 1..].square(),
        ["index by a tensor"] = (x, _) => x[TensorIndex.Tensor(tensor([2L, 2L]))].square(),
        ["index_select"] = (x, _) => x.index_select(0, tensor([2L, 0L])).square(),
        ["gather"] = (x, _) => x.gather(1, tensor([1L, 1L, 3L], [3, 1])).square(),
        ["clone"] = (x, _) => x.clone().square(),
        ["contiguous"] = (x, _) => x.t().contiguous().square(),
        ["to another type"] = (x, _) => x.to(float64, copy: true).square(),
        ["sum"] = (x, _) => x.square().sum(),
        ["sum over a dimension"] = (x, _) => x.sum(1).square(),
        ["mean"] = (x, _) => x.square().mean(),
        ["mean over a dimension"] = (x, _) => x.mean([0]).square(),
        ["var"] = (x, _) => x.var([1]),
        ["std"] = (x, _) => x.std([1]),
        ["norm"] = (x, _) => x.norm(),
        ["logsumexp"] = (x, _) => x.logsumexp(1),
        ["cumsum"] = (x, _) => x.cumsum(1).square(),
        ["max"] = (x, _) => x.max().square(),
        ["min"] = (x, _) => x.min().square(),
        ["max over a dimension"] = (x, _) => x.max(1).values.square(),
        ["min over a dimension"] = (x, _) => x.min(1).values.square(),
        ["amax"] = (x, _) => x.amax(1).square(),
        ["amin"] = (x, _) => x.amin(1).square(),
        ["sort"] = (x, _) => x.sort().Values * arange(4, float64),
        ["mm"] = (x, y) => x.mm(y.t()),
        ["mv"] = (x, y) => x.mv(y.select(0, 0)),
        ["bmm"] = (x, y) => x.unsqueeze(0).bmm(y.t().unsqueeze(0)),
        ["dot"] = (x, y) => x.flatten().dot(y.flatten()),
        ["outer"] = (x, y) => x.select(0, 0).outer(y.select(0, 1)),
        ["addmm"] = (x, y) => x.mm(y.t()).addmm(x, y.t(), 0.5f, 2f),
        ["addmv"] = (x, y) => x.select(1, 0).addmv(x, y.select(0, 0)),
        ["einsum"] = (x, y) => einsum("ij,kj->ik", x, y),
        ["linalg.inv"] = (x, y) => linalg.inv(x.mm(y.t()) + eye(3, dtype: float64)),
        ["linalg.solve"] = (x, y) => linalg.solve(x.mm(x.t()) + eye(3, dtype: float64), y),
        ["linalg.cholesky"] = (x, _) => linalg.cholesky(x.mm(x.t()) + eye(3, dtype: float64)),
        ["linalg.eigvalsh"] = (x, _) => linalg.eigvalsh(x.mm(x.t())),
        ["linalg.svdvals"] = (x, _) => linalg.svdvals(x),
        ["linalg.qr"] = (x, _) => linalg.qr(x.t()).R,
        ["linalg.vector_norm"] = (x, _) => linalg.vector_norm(x, 3),
        ["linalg.lstsq"] = (x, y) => linalg.lstsq(x.t(), y.t()).Solution,
        ["functional.linear"] = (x, y) => functional.linear(x, y, y.select(1, 0)),
        ["functional.layer_norm"] = (x, y) => functional.layer_norm(x, [4], y.select(0, 0), y.select(0, 1)),
        ["functional.cross_entropy"] = (x, _) => functional.cross_entropy(x, tensor([1L, 3L, 0L])),
        ["functional.cross_entropy with probabilities"] = (x, y) => functional.cross_entropy(x, y.softmax(1), label_smoothing: 0.1),
        ["functional.binary_cross_entropy_with_logits"] = (x, _) => functional.binary_cross_entropy_with_logits(x, full([3, 4], 0.3, float64)),
        ["functional.mse_loss"] = (x, y) => functional.mse_loss(x, y),
        ["functional.dropout, not training"] = (x, _) => functional.dropout(x, 0.5, training: false).square(),
    };

    [Theory]
    [MemberData(nameof(Operators))]
    public void Its_gradient_is_the_limit_of_differences(string name)
    {
        using var scope = NewDisposeScope();
        manual_seed(name.Length);
        Tensor[] inputs = [rand([3, 4], float64) + 0.2, rand([3, 4], float64) + 0.2];
        var weights = randn(Cases[name](inputs[0], inputs[1]).shape, float64);
        double Value() => (Cases[name](inputs[0], inputs[1]) * weights).sum().ToDouble();

        foreach (var input in inputs) input.requires_grad = true;
        (Cases[name](inputs[0], inputs[1]) * weights).sum().backward();

        using var silent = no_grad();
        foreach (var input in inputs)
        {
            var gradient = input.grad?.data<double>().ToArray() ?? new double[12];
            for (var i = 0; i < 12; i++)
            {
                var (row, column) = (i / 4, i % 4);
                var elements = input.detach().data<double>();
                var before = elements[row, column];
                const double h = 1e-6;
                elements[row, column] = before + h;
                var above = Value();
                elements[row, column] = before - h;
                var below = Value();
                elements[row, column] = before;
                Assert.Equal((above - below) / (2 * h), gradient[i], 1e-6 * Math.Max(1, Math.Abs(gradient[i])));
            }
        }
    }
}
