"""Tokenizers written from their definitions with nothing but the standard library, to compare W2S with.

  reference.py FILE    FILE: {"kind": "wordpiece", "vocabulary": [...], "lower": bool, "strip": bool, "chinese": bool, "special": [...], "texts": [...]}
                       or    {"kind": "bpe", "vocabulary": {...}, "merges": ["a b", ...], "prefix": bool, "special": [...], "texts": [...]}
                       or    {"kind": "unigram", "pieces": [["a", -1.5], ...], "unknown": 3, "special": [...], "texts": [...]}
                       prints the ids of each text
"""
import json
import re
import sys
import unicodedata


def split_special(text, special):
    if not special:
        return [(False, text)]
    parts = re.split("(" + "|".join(re.escape(token) for token in sorted(special, key=len, reverse=True)) + ")", text)
    return [(part in special, part) for part in parts if part]


# ---- BERT: Devlin et al.'s tokenization.py as Hugging Face's fast tokenizers have it --------------------------------

def is_space(c):
    return c in "\t\n\r" or unicodedata.category(c) in ("Zs", "Zl", "Zp")


def is_control(c):
    return c not in "\t\n\r" and unicodedata.category(c).startswith("C")


def is_punctuation(c):
    return 33 <= ord(c) <= 47 or 58 <= ord(c) <= 64 or 91 <= ord(c) <= 96 or 123 <= ord(c) <= 126 or unicodedata.category(c).startswith("P")


def is_chinese(c):
    return any(low <= ord(c) <= high for low, high in ((0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F),
                                                       (0x2B740, 0x2B81F), (0x2B820, 0x2CEAF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F)))


def words_of(text, options):
    text = "".join(" " if is_space(c) else c for c in text if not (ord(c) in (0, 0xFFFD) or is_control(c)))
    if options["chinese"]:
        text = "".join(f" {c} " if is_chinese(c) else c for c in text)
    if options["strip"]:
        text = "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")
    if options["lower"]:
        text = "".join(c.lower() for c in text)
    return "".join(f" {c} " if is_punctuation(c) else c for c in text).split()


def wordpiece(word, vocabulary):
    if len(word) > 100:
        return [vocabulary["[UNK]"]]
    ids, start = [], 0
    while start < len(word):
        for end in range(len(word), start, -1):
            piece = ("##" if start else "") + word[start:end]
            if piece in vocabulary:
                ids.append(vocabulary[piece])
                start = end
                break
        else:
            return [vocabulary["[UNK]"]]
    return ids


def bert(text, options, vocabulary):
    ids = []
    for special, part in split_special(text, options["special"]):
        ids += [vocabulary[part]] if special else [i for word in words_of(part, options) for i in wordpiece(word, vocabulary)]
    return ids


# ---- GPT-2: Radford et al.'s encoder.py -----------------------------------------------------------------------------

def byte_letters():
    visible = [*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    letters, more = {b: chr(b) for b in visible}, 0
    for b in range(256):
        if b not in letters:
            letters[b] = chr(256 + more)
            more += 1
    return letters


LETTERS = byte_letters()
kind_of = lambda c: {"L": "letter", "N": "number"}.get(unicodedata.category(c)[0], "space" if c.isspace() and not "\x1c" <= c <= "\x1f" else "other")


def gpt_words(text):
    words, at = [], 0
    while at < len(text):
        short = next((s for s in ("'s", "'t", "'re", "'ve", "'m", "'ll", "'d") if text.startswith(s, at)), None)
        if short:
            words.append(short)
            at += len(short)
            continue
        begin = at + 1 if text[at] == " " and at + 1 < len(text) and kind_of(text[at + 1]) != "space" else at
        kind, end = kind_of(text[begin]), begin
        while end < len(text) and kind_of(text[end]) == kind:
            end += 1
        if kind == "space" and end < len(text) and end - begin > 1:
            end -= 1  # the last blank belongs to the next word
        words.append(text[at:end])
        at = end
    return words


def bpe(text, options, ranks):
    ids = []
    for special, part in split_special(text, options["special"]):
        if special:
            ids.append(options["vocabulary"][part])
            continue
        if options["prefix"] and not part[0].isspace():
            part = " " + part
        for word in gpt_words(part):
            pieces = [LETTERS[b] for b in word.encode()]
            while len(pieces) > 1:
                pair = min(zip(pieces, pieces[1:]), key=lambda p: ranks.get(p, float("inf")))
                if pair not in ranks:
                    break
                joined, i = [], 0
                while i < len(pieces):
                    both = i + 1 < len(pieces) and (pieces[i], pieces[i + 1]) == pair
                    joined.append(pieces[i] + pieces[i + 1] if both else pieces[i])
                    i += 2 if both else 1
                pieces = joined
            ids += [options["vocabulary"][piece] for piece in pieces]
    return ids


# ---- SentencePiece's unigram model: Kudo (2018), the best path through all cuts -------------------------------------

def unigram(text, options, scores, ids):
    found, unknown = [], min(score for score in scores.values() if score > -1e29) - 10
    for special, part in split_special(text, options["special"]):
        if special:
            found.append(ids[part])
            continue
        part = "".join("\u2581" + word for word in re.split(r"[\s\x85]+", re.sub(r"[\x1c-\x1f]", "\ue123", part)) if word).replace("\ue123", "\x1c")
        best = [(0.0, 0, None)] + [(float("-inf"), 0, None)] * len(part)
        for end in range(1, len(part) + 1):
            for start in range(max(0, end - 20), end):
                piece = part[start:end]
                score = scores.get(piece, float("-inf"))
                if score < -1e29:
                    if end - start > 1:
                        continue
                    score, piece = unknown, None
                if best[start][0] + score > best[end][0]:
                    best[end] = (best[start][0] + score, start, piece)
        path, end = [], len(part)
        while end:
            path.append(options["unknown"] if best[end][2] is None else ids[best[end][2]])
            end = best[end][1]
        path.reverse()
        found += [i for n, i in enumerate(path) if not (i == options["unknown"] and n and path[n - 1] == i)]
    return found


options = json.load(open(sys.argv[1]))
if options["kind"] == "wordpiece":
    vocabulary = {token: i for i, token in enumerate(options["vocabulary"])}
    print(json.dumps([bert(text, options, vocabulary) for text in options["texts"]]))
elif options["kind"] == "unigram":
    ids = {piece: i for i, (piece, _) in enumerate(options["pieces"])}
    print(json.dumps([unigram(text, options, dict(map(tuple, options["pieces"])), ids) for text in options["texts"]]))
else:
    ranks = {tuple(merge.split(" ")): rank for rank, merge in enumerate(options["merges"])}
    print(json.dumps([bpe(text, options, ranks) for text in options["texts"]]))
