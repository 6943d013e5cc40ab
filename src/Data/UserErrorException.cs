namespace W2S.Data;

/// <summary>The user's mistake: the message is a paragraph that names the cause and the remedy. The program exits with 2.</summary>
public sealed class UserErrorException(string message) : Exception(message);
