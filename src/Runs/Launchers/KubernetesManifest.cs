using System.Text.Json;

namespace W2S.Runs.Launchers;

/// <summary>The manifest of one Indexed Job: batch/v1, for Kubernetes 1.29 or later (backoffLimitPerIndex, podFailurePolicy).</summary>
internal static class KubernetesManifest
{
    /// <param name="title">What the job is, for the comment at the top.</param>
    /// <param name="name">A label of the domain name system: lower case.</param>
    /// <param name="words">The program and its arguments, in the container.</param>
    public static string Write(string title, string name, int tasks, IReadOnlyList<string> words, KubernetesOptions options) => $$"""
        # {{title}}
        # Written by W2S for one launch of the sweep. Applying it twice, or losing pods, does no harm: finished runs are skipped.
        apiVersion: batch/v1
        kind: Job
        metadata:
          name: {{name}}{{Line(2, "namespace", options.Namespace)}}
          labels:
            app.kubernetes.io/name: w2s
        spec:
          # The pod's index picks its line of the task file, and so its runs.
          completionMode: Indexed
          completions: {{tasks}}
          parallelism: {{Math.Min(tasks, options.PodsAtOnce)}}
          # Retries are counted index by index, so that one bad run does not end the job for the others.
          backoffLimitPerIndex: {{options.Retries}}
          # A pod is replaced when it is gone, not while it still saves.
          podReplacementPolicy: Failed
          podFailurePolicy:
            rules:
              # Evicted, preempted, or its node drained: not the run's fault, so it is replaced and not counted.
              - action: Ignore
                onPodConditions:
                  - type: DisruptionTarget
                    status: "True"
              # 75: it was told to stop and has saved; its replacement continues. Not counted either.
              - action: Ignore
                onExitCodes:
                  containerName: w2s
                  operator: In
                  values: [75]
              # 1: a run failed for good after its own retries; 2: the call is wrong. Another try would do the same.
              - action: FailIndex
                onExitCodes:
                  containerName: w2s
                  operator: In
                  values: [1, 2]
          template:
            metadata:
              labels:
                app.kubernetes.io/name: w2s
            spec:
              restartPolicy: Never
              terminationGracePeriodSeconds: {{options.GracePeriod}}{{SecurityContext(options)}}
              containers:
                - name: w2s
                  image: {{Text(options.Image)}}
                  command: [{{string.Join(", ", words.Select(Text))}}]
                  resources:
                    requests:{{Resources(options)}}
                    limits:{{Resources(options)}}
                  volumeMounts:
                    - name: sweeps
                      mountPath: {{Text(options.Mount)}}
              volumes:
                - name: sweeps
                  persistentVolumeClaim:
                    claimName: {{Text(options.Claim)}}

        """;

    /// <summary>Requests and limits are equal, which makes a pod one of the last to be evicted.</summary>
    private static string Resources(KubernetesOptions options) =>
        Line(14, "cpu", $"{options.Cpus}") + Line(14, "memory", options.Memory) + Line(14, "nvidia.com/gpu", options.Gpus > 0 ? $"{options.Gpus}" : "");

    private static string SecurityContext(KubernetesOptions options)
    {
        if (options is { User: null, Group: null }) return "";
        var lines = "\n      securityContext:";
        if (options.User is { } user) lines += $"\n        runAsUser: {user}";
        if (options.Group is { } group) lines += $"\n        runAsGroup: {group}\n        fsGroup: {group}";
        return lines;
    }

    /// <summary>A further line, or nothing where there is no value.</summary>
    private static string Line(int indent, string key, string value) => value.Length == 0 ? "" : $"\n{new string(' ', indent)}{key}: {Text(value)}";

    /// <summary>A text in double quotes: what JSON writes is YAML too.</summary>
    private static string Text(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
