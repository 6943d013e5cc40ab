using System.Runtime.InteropServices;
using W2S.Data;
using W2S.Models;

namespace W2S.Experiments;

/// <summary>
/// Features of whole tables, kept so that they are computed once: the newest in this process's memory, for the runs of a
/// study ask the same strong encoder about the same molecules again and again, and all in a folder, where there is one, so
/// that an interrupted study does not compute them again.
/// </summary>
/// <param name="folder">Null: memory alone.</param>
internal sealed class FeatureCache(string? folder)
{
    /// <summary>In memory; what was not asked for the longest goes first.</summary>
    private const int Most = 8;

    private const string Tensor = "features";
    private static readonly Lock Gate = new();
    private static readonly LinkedList<(string Key, Lazy<float[]> Features)> Kept = new();

    /// <param name="key">All that decides the features.</param>
    /// <param name="compute">Called where they are not kept; others that ask at the same time wait for it.</param>
    public float[] Obtain(string key, bool inMemory, Func<float[]> compute)
    {
        if (!inMemory) return FromFolder(key, compute);
        var entry = Entry(key, () => FromFolder(key, compute));
        try
        {
            return entry.Value;
        }
        catch
        {
            // A Lazy would throw this for ever, and whoever stopped it may ask again.
            lock (Gate) Remove(key);
            throw;
        }
    }

    /// <summary>For features that are being computed: kept in the folder until they are whole.</summary>
    /// <param name="numbers">In all.</param>
    internal PartialFeatures? Begin(string key, int numbers)
    {
        if (folder == null) return null;
        Directory.CreateDirectory(folder);
        return new PartialFeatures(PartialPath(key), key, numbers);
    }

    private string PartialPath(string key) => Path.Combine(folder!, $"{Fingerprint.Short(key)}.partial");

    private float[] FromFolder(string key, Func<float[]> compute)
    {
        if (folder == null) return compute();
        var path = Path.Combine(folder, $"{Fingerprint.Short(key)}.safetensors");
        if (Read(path, key) is { } found) return found;
        var features = compute();
        Directory.CreateDirectory(folder);
        Safetensors.Write(path + ".tmp", [NamedTensor.Of(Tensor, features, features.Length)], new Dictionary<string, string> { ["key"] = key });
        File.Move(path + ".tmp", path, overwrite: true);
        File.Delete(PartialPath(key));
        return features;
    }

    /// <summary>Null where there is nothing, or what interrupted the study cut it short.</summary>
    private static float[]? Read(string path, string key)
    {
        if (!File.Exists(path)) return null;
        try
        {
            var file = Safetensors.Read(path);
            return file.Metadata.GetValueOrDefault("key") == key ? MemoryMarshal.Cast<byte, float>(file.Tensors[Tensor].Bytes).ToArray() : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static Lazy<float[]> Entry(string key, Func<float[]> compute)
    {
        lock (Gate)
        {
            var entry = Remove(key) ?? new Lazy<float[]>(compute);
            Kept.AddLast((key, entry));
            if (Kept.Count > Most) Kept.RemoveFirst();
            return entry;
        }
    }

    private static Lazy<float[]>? Remove(string key)
    {
        for (var node = Kept.First; node != null; node = node.Next)
        {
            if (node.Value.Key != key) continue;
            Kept.Remove(node);
            return node.Value.Features;
        }
        return null;
    }
}
