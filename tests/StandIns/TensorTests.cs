using TorchSharp;
using static TorchSharp.torch;

namespace W2S.StandIns.Tests;

public class TensorTests
{
    [Fact]
    public void Arrays_go_in_and_come_out_unchanged()
    {
        using var scope = NewDisposeScope();
        float[] values = [1, 2, 3, 4, 5, 6];

        var matrix = tensor(values, [2, 3]);

        Assert.Equal([2, 3], matrix.shape);
        Assert.Equal(values, matrix.data<float>().ToArray());
        Assert.Equal(float32, matrix.dtype);
        Assert.Equal([1L, 2L], tensor([1L, 2L]).data<long>());
        Assert.Equal(2.5, tensor(2.5).item<double>());
        Assert.Equal([3, 2], from_array(new double[3, 2]).shape);
    }

    [Fact]
    public void A_transposed_tensor_is_read_in_its_own_order_and_written_through()
    {
        using var scope = NewDisposeScope();
        var matrix = tensor([1f, 2, 3, 4, 5, 6], [2, 3]);

        var transposed = matrix.t();
        Assert.Equal([1, 4, 2, 5, 3, 6], transposed.data<float>().ToArray());
        Assert.Equal([5, 3], transposed.data<float>().ToArray()[3..5]);

        transposed.data<float>()[2, 0] = 30;
        Assert.Equal(30, matrix.data<float>()[0, 2]);
    }

    [Fact]
    public void Elements_are_read_only_as_what_they_are()
    {
        using var one = tensor(1f);
        Assert.Throws<ArgumentException>(() => one.item<double>());
        Assert.Throws<ArgumentException>(() => one.data<long>());
        Assert.Equal(1.0, one.ToDouble());
        Assert.Equal(1L, one.ToInt64());
    }

    [Fact]
    public void Indexing_follows_NumPy()
    {
        using var scope = NewDisposeScope();
        var cube = arange(24).view(2, 3, 4);

        Assert.Equal(23, cube[1, 2][3].ToInt64());
        Assert.Equal([2, 4], cube[TensorIndex.Colon, 1].shape);
        Assert.Equal([12, 16, 20], cube[1, .., 0].data<long>().ToArray());
        Assert.Equal([3, 7, 11, 15, 19, 23], cube[TensorIndex.Ellipsis, 3].flatten().data<long>().ToArray());
        Assert.Equal([2, 1, 3, 4], cube[TensorIndex.Colon, TensorIndex.None].shape);
        Assert.Equal([16, 20], cube[1, 1.., 0].data<long>().ToArray());
        var picked = cube[TensorIndex.Colon, TensorIndex.Tensor(tensor([2L, 0])), 1];
        Assert.Equal([9, 1, 21, 13], picked.flatten().data<long>().ToArray());
    }

    [Fact]
    public void Indexed_assignment_changes_only_what_is_named()
    {
        using var scope = NewDisposeScope();
        var matrix = zeros(2, 3);

        matrix[1, TensorIndex.Colon] = ones(3);
        matrix[0, 2] = tensor(5f);
        matrix[TensorIndex.Tensor(tensor([0L]))] = full([3], 7f);

        Assert.Equal([7, 7, 7, 1, 1, 1], matrix.data<float>().ToArray());
    }

    [Fact]
    public void Splitting_and_joining_are_inverse()
    {
        using var scope = NewDisposeScope();
        var rows = arange(10).view(5, 2);

        Assert.True(cat(rows.split(2)).allclose(rows));
        Assert.True(stack(rows.unbind()).allclose(rows));
        Assert.Equal([2L, 2L, 1L], rows.chunk(3).Select(part => part.size(0)));
    }

    [Fact]
    public void Operations_in_place_return_the_object_they_were_called_on()
    {
        using var one = ones(3);
        Assert.Same(one, one.add_(1).mul_(one).zero_());
    }

    [Fact]
    public void Factorisations_give_back_their_matrix()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var matrix = randn([6, 4], float64);

        var (q, r) = linalg.qr(matrix);
        Assert.True(q.mm(r).allclose(matrix));
        var (u, s, vh) = linalg.svd(matrix, fullMatrices: false);
        Assert.True((u * s).mm(vh).allclose(matrix));
        var gram = matrix.t().mm(matrix);
        var (values, vectors) = linalg.eigh(gram);
        Assert.True((vectors * values).mm(vectors.t()).allclose(gram));
        var target = randn([6, 2], float64);
        var solution = linalg.lstsq(matrix, target).Solution;
        Assert.True(matrix.t().mm(target - matrix.mm(solution)).allclose(zeros([4, 2], float64)));
    }

    [Fact]
    public void The_same_seed_gives_the_same_numbers()
    {
        using var scope = NewDisposeScope();
        manual_seed(7);
        var first = randn([5]);
        manual_seed(7);
        Assert.True(randn([5]).allclose(first));

        using var generator = new Generator(3);
        var state = generator.get_state();
        var drawn = rand([4], generator: generator);
        generator.set_state(state);
        Assert.True(rand([4], generator: generator).allclose(drawn));
    }

    [Fact]
    public void Devices_are_parsed_or_refused_by_name()
    {
        Assert.Equal("cuda:1", new Device("cuda:1").ToString());
        Assert.Equal("cpu", device("cpu").ToString());
        Assert.Throws<ArgumentException>(() => new Device("gpu"));
        Assert.Throws<ArgumentException>(() => new Device("cuda:x"));
    }
}
