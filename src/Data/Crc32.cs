using System.Buffers.Binary;

namespace W2S.Data;

/// <summary>Zip's checksum (polynomial 0xEDB88320, reflected), eight bytes at a time so that checking costs little beside reading.</summary>
internal static class Crc32
{
    private static readonly uint[][] Tables = MakeTables();

    /// <param name="before">The checksum of the bytes that come before these; 0 where none do.</param>
    public static uint Of(ReadOnlySpan<byte> bytes, uint before = 0)
    {
        var crc = ~before;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            var low = crc ^ BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            var high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = Tables[7][low & 255] ^ Tables[6][low >> 8 & 255] ^ Tables[5][low >> 16 & 255] ^ Tables[4][low >> 24]
                ^ Tables[3][high & 255] ^ Tables[2][high >> 8 & 255] ^ Tables[1][high >> 16 & 255] ^ Tables[0][high >> 24];
        }
        foreach (var next in bytes) crc = Tables[0][(crc ^ next) & 255] ^ crc >> 8;
        return ~crc;
    }

    /// <summary>Table k holds the checksum of each byte followed by k zeros.</summary>
    private static uint[][] MakeTables()
    {
        var tables = Enumerable.Range(0, 8).Select(_ => new uint[256]).ToArray();
        for (uint value = 0; value < 256; value++)
        {
            var crc = value;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) == 1 ? 0xEDB88320 ^ crc >> 1 : crc >> 1;
            tables[0][value] = crc;
        }
        for (var k = 1; k < 8; k++)
        {
            for (var value = 0; value < 256; value++) tables[k][value] = tables[0][tables[k - 1][value] & 255] ^ tables[k - 1][value] >> 8;
        }
        return tables;
    }
}
