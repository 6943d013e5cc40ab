using System.Numerics;
using System.Text;

namespace W2S.Models.PyTorch;

/// <summary>
/// Python's pickle language (protocols 2 to 5, as far as torch.save uses it) as a small stack machine that only builds data:
/// a global becomes a name, and "calling" one looks it up in <see cref="PickleGlobals"/>; what that does not know becomes a
/// <see cref="Pickle.Opaque"/>. Format: Python's pickletools.py.
/// </summary>
/// <param name="input">Where the pickle begins; left after its STOP.</param>
/// <param name="broken">Makes the exception for a problem.</param>
internal sealed class PickleMachine(PickleInput input, Func<string, Exception> broken)
{
    // Longer integers have no use here and take quadratic time to print.
    private const int MaximalIntegerBytes = 256;

    // Copies of what is repeated, in items and characters, for each byte of the file.
    private const int CopiesForByte = 16;

    private readonly Pickle.Budget _budget = new(CopiesForByte * (input.Left + MaximalIntegerBytes), broken);
    private readonly List<object?> _stack = [];
    private readonly List<int> _marks = [];
    private readonly Dictionary<long, object?> _memo = [];
    private readonly List<Pickle.Storage> _storages = [];

    /// <summary>All storages that the pickle refers to, some repeatedly.</summary>
    public IReadOnlyList<Pickle.Storage> Storages => _storages;

    /// <summary>Runs to STOP and returns what is on top of the stack.</summary>
    /// <exception cref="InvalidDataException">
    /// An opcode is not known, or the pickle is torn or nonsense; the message names it and its byte.
    /// </exception>
    public object? Run()
    {
        while (true)
        {
            var at = input.Position;
            var opcode = input.Byte();
            if (opcode == '.') return Pop(at);
            if (!Push(opcode) && !Change(opcode, at))
                throw broken(
                    $"its pickle holds the opcode 0x{opcode:x2}{Letter(opcode)} at byte {at}, which torch.save never writes for data");
        }
    }

    /// <summary>Opcodes that only add to the stack, or do nothing.</summary>
    private bool Push(byte opcode)
    {
        switch (opcode)
        {
            case 0x80: RequireProtocol(input.Byte()); break;
            case 0x95: input.UInt64(); break; // FRAME: a hint for readers that fetch in blocks.
            case (byte)'(': _marks.Add(_stack.Count); break;
            case (byte)'N': _stack.Add(null); break;
            case 0x88: _stack.Add(true); break;
            case 0x89: _stack.Add(false); break;
            case (byte)'J': _stack.Add((long)input.Int32()); break;
            case (byte)'K': _stack.Add((long)input.Byte()); break;
            case (byte)'M': _stack.Add((long)input.UInt16()); break;
            case 0x8a: _stack.Add(Integer(input.Byte())); break;
            case 0x8b: _stack.Add(Integer(input.UInt32())); break;
            case (byte)'G': _stack.Add(input.BigEndianDouble()); break;
            case (byte)'X': _stack.Add(input.Text(input.UInt32())); break;
            case 0x8c: _stack.Add(input.Text(input.Byte())); break;
            case 0x8d: _stack.Add(input.Text(input.UInt64())); break;
            // What Python 2 wrote for str: text in most checkpoints, so it is taken for text.
            case (byte)'U': _stack.Add(Encoding.Latin1.GetString(input.Bytes(input.Byte()))); break;
            case (byte)'T': _stack.Add(Encoding.Latin1.GetString(input.Bytes(input.UInt32()))); break;
            case (byte)'C': _stack.Add(input.Bytes(input.Byte())); break;
            case (byte)'B': _stack.Add(input.Bytes(input.UInt32())); break;
            case 0x8e or 0x96: _stack.Add(input.Bytes(input.UInt64())); break;
            case (byte)'}': _stack.Add(new Pickle.Dictionary()); break;
            case (byte)']' or 0x8f: _stack.Add(new Pickle.List()); break;
            case (byte)')': _stack.Add(new Pickle.Tuple([])); break;
            default: return false;
        }
        return true;
    }

    /// <summary>Opcodes that take from the stack or use the memo.</summary>
    private bool Change(byte opcode, long at)
    {
        switch (opcode)
        {
            case (byte)'0': Discard(at); break;
            case (byte)'1': PopMarked(at); break;
            case (byte)'2': _stack.Add(Peek(at)); break;
            case (byte)'q': _memo[input.Byte()] = Peek(at); break;
            case (byte)'r': _memo[input.UInt32()] = Peek(at); break;
            case 0x94: _memo[_memo.Count] = Peek(at); break;
            case (byte)'h': _stack.Add(Remember(input.Byte(), at)); break;
            case (byte)'j': _stack.Add(Remember(input.UInt32(), at)); break;
            case 0x85: PushTuple(1, at); break;
            case 0x86: PushTuple(2, at); break;
            case 0x87: PushTuple(3, at); break;
            case (byte)'t': _stack.Add(new Pickle.Tuple(PopMarked(at))); break;
            case (byte)'l' or 0x91: _stack.Add(new Pickle.List { Items = [.. PopMarked(at)] }); break;
            case (byte)'d': _stack.Add(Filled(new Pickle.Dictionary(), PopMarked(at), at)); break;
            case (byte)'a': Append([Pop(at)], at); break;
            case (byte)'e' or 0x90: Append(PopMarked(at), at); break;
            case (byte)'s': SetItem(at); break;
            case (byte)'u': Fill(PopMarked(at), at); break;
            case (byte)'c': _stack.Add(Global(input.Line(), input.Line(), at)); break;
            case 0x93: PushNamedGlobal(at); break;
            case (byte)'R' or 0x81: Call(at); break;
            case 0x92: CallWithNames(at); break;
            case (byte)'b': Build(at); break;
            case (byte)'Q': PushStorage(at); break;
            default: return false;
        }
        return true;
    }

    private void RequireProtocol(byte protocol)
    {
        if (protocol is < 2 or > 5) throw broken($"its pickle is of protocol {protocol}; 2 to 5 can be read");
    }

    private object Integer(uint bytes)
    {
        if (bytes > MaximalIntegerBytes) throw broken($"an integer of {bytes} bytes stands before byte {input.Position}");
        var value = new BigInteger(input.Bytes(bytes));
        return value >= long.MinValue && value <= long.MaxValue ? (object)(long)value : value;
    }

    private Pickle.Global Global(string module, string name, long at) =>
        PickleGlobals.Find(module, name) ?? throw broken($"it names a class by {module.Length + name.Length} characters at byte {at}");

    private void PushNamedGlobal(long at)
    {
        var (name, module) = (Pop(at), Pop(at));
        if (name is not string nameText || module is not string moduleText)
            throw broken($"a global is named by what is no text at byte {at}");
        _stack.Add(Global(moduleText, nameText, at));
    }

    private void Call(long at)
    {
        var (arguments, function) = (Pop(at), Pop(at));
        _stack.Add((function, arguments) switch
        {
            (Pickle.Opaque, _) => function,
            (Pickle.Global global, Pickle.Tuple tuple) =>
                PickleGlobals.Call(global, tuple.Items, _budget, problem => broken($"{problem} at byte {at}")),
            (Pickle.Global global, Pickle.Opaque) => new Pickle.Opaque(global.Name),
            _ => throw broken($"something that is no function is called at byte {at}"),
        });
    }

    /// <summary>NEWOBJ_EX: class, arguments, arguments by name. No class that is known takes the last.</summary>
    private void CallWithNames(long at)
    {
        var (_, _, made) = (Pop(at), Pop(at), Pop(at));
        _stack.Add(made switch
        {
            Pickle.Opaque => made,
            Pickle.Global global => new Pickle.Opaque(global.Name),
            _ => throw broken($"something that is no class is made at byte {at}"),
        });
    }

    private void PushStorage(long at)
    {
        var referred = PickleGlobals.Persistent(Pop(at), _budget, problem => broken($"{problem} at byte {at}"));
        if (referred is Pickle.Storage storage) _storages.Add(storage);
        _stack.Add(referred);
    }

    private void Build(long at)
    {
        var state = Pop(at);
        switch (Peek(at))
        {
            case Pickle.Dictionary { AttributesAreItems: true } target when state is Pickle.Dictionary attributes:
                _budget.Spend(attributes.Items.Count);
                target.Items.AddRange(attributes.Items);
                break;
            case Pickle.Dictionary or Pickle.List or Pickle.Description or Pickle.Opaque or Pickle.Tensor:
                break; // What it is does not depend on it.
            default: throw broken($"an object that takes no attributes is given some at byte {at}");
        }
    }

    private void SetItem(long at)
    {
        var (value, key) = (Pop(at), Pop(at));
        Fill([key, value], at);
    }

    private void Fill(object?[] pairs, long at)
    {
        if (Peek(at) is Pickle.Dictionary dictionary) Filled(dictionary, pairs, at);
        else if (Peek(at) is not Pickle.Opaque) throw broken($"keys are given to what is no dictionary at byte {at}");
    }

    private Pickle.Dictionary Filled(Pickle.Dictionary dictionary, object?[] pairs, long at)
    {
        if (pairs.Length % 2 != 0) throw broken($"a key has no value at byte {at}");
        for (var i = 0; i < pairs.Length; i += 2) dictionary.Items.Add(new(pairs[i], pairs[i + 1]));
        return dictionary;
    }

    private void Append(object?[] items, long at)
    {
        if (Peek(at) is Pickle.List list) list.Items.AddRange(items);
        else if (Peek(at) is not Pickle.Opaque) throw broken($"items are appended to what is no list at byte {at}");
    }

    private void PushTuple(int count, long at)
    {
        var items = new object?[count];
        for (var i = count - 1; i >= 0; i--) items[i] = Pop(at);
        _stack.Add(new Pickle.Tuple(items));
    }

    private object? Remember(long key, long at) =>
        _memo.TryGetValue(key, out var value) ? value : throw broken($"the memo's entry {key} is read before it is written at byte {at}");

    /// <summary>POP takes a mark where one is on top, as Python's does.</summary>
    private void Discard(long at)
    {
        if (_marks.Count > 0 && _marks[^1] == _stack.Count) _marks.RemoveAt(_marks.Count - 1);
        else Pop(at);
    }

    private object?[] PopMarked(long at)
    {
        if (_marks.Count == 0) throw broken($"a mark is missing at byte {at}");
        var first = _marks[^1];
        _marks.RemoveAt(_marks.Count - 1);
        object?[] items = [.. _stack[first..]];
        _stack.RemoveRange(first, _stack.Count - first);
        return items;
    }

    private object? Pop(long at)
    {
        var value = Peek(at);
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private object? Peek(long at) =>
        _stack.Count > (_marks.Count > 0 ? _marks[^1] : 0) ? _stack[^1] : throw broken($"the stack is empty at byte {at}");

    private static string Letter(byte opcode) => opcode is > 32 and < 127 ? $" ('{(char)opcode}')" : "";
}
