//! The traces that models leave in texts, as patterns: in English, German, French, Spanish, Norwegian and Japanese.
//!
//! They were collected from what models say around a text when they are asked for one. Each list is one pattern, so that
//! a text is gone through once.

use std::sync::LazyLock;

use super::bounded::Bounded;

/// What a model says of itself, or to who asked.
pub(super) static TALK: LazyLock<Bounded> = LazyLock::new(|| {
    any(&[
        r"\bas an? (?:ai|artificial intelligence|(?:large )?language model)\b",
        r"\bI(?:['’]m| am) (?:just )?an? (?:ai|(?:large )?language model)\b",
        r"\bI(?:['’]m| am) sorry, but I (?:can|am|will)",
        r"\bI (?:can['’]?t|cannot|can not) (?:help|assist|write|create|generate|fulfil)",
        r"\bI hope this (?:helps|works|tweet|post)",
        r"\b(?:let me know|feel free) (?:if you|to (?:adjust|edit|modify|tweak|change))",
        r"\bwould you like me to\b",
        r"\bhere(?:['’]s| is| are) (?:a|an|the|your|my|some|another|one|two|three|\d) [^.!?:\n]{0,50}\b(?:tweets?|posts?|drafts?|versions?|captions?|threads?|options?)\b[^.!?\n]{0,40}:",
        r"[(\[](?:(?:word|character) count|characters?|\d+ (?:characters|words|zeichen|caract[eè]res|caracteres|tegn))[^)\]]{0,20}[)\]]",
        r"\b(?:character|word) count: ?\d+",
        r"\bals (?:ki\b|ai\b|künstliche intelligenz|sprachmodell)",
        r"\bich bin (?:eine? )?(?:ki\b|künstliche intelligenz|sprachmodell)",
        r"\ben tant qu(?:['’]ia\b|['’]intelligence artificielle|e mod[eè]le de langage|e mod[eè]le linguistique)",
        r"\bcomo (?:una )?(?:ia\b|inteligencia artificial|(?:un )?modelo de lenguaje)",
        r"\bsom en? (?:ki\b|ai\b|kunstig intelligens|språkmodell)",
        // The words of the answer's own form.
        r#"["'“”‘’`](?:candidates|segments)["'“”‘’`]"#,
        r"(?:ai|人工知能|言語モデル)(?:アシスタント|モデル)?として",
    ])
});

/// What a model puts before a text.
pub(super) static PREFACE: LazyLock<Bounded> = LazyLock::new(|| {
    any(&[
        r#"^["'“”*\s]*(?:sure|certainly|absolutely|of course)(?: thing)?(?:[!,.]+\s+(?:here|i['’ ]|let)|!\s)"#,
        r"^[*\s]*(?:here(?:['’]s| is| are)) [^.!?:\n]{0,60}\b(?:tweets?|posts?|drafts?|versions?|captions?|threads?)\b[^.!?:\n]{0,40}:",
        r#"^["'“*\s]*(?:(?:tweet|post|draft|caption|entwurf|beitrag|brouillon|tuit|borrador|innlegg|utkast|ツイート|投稿)\s*(?:#?\d+(?:/\d+)?)?|(?:option|version|candidate|kandidat|candidat|candidato|variante|opción|forslag|案|候補)\s*#?\d+)\*{0,2}\s*[:：]"#,
        r"^(?:gerne|klar|natürlich|selbstverständlich)[!,.]\s+hier\b",
        r"^hier (?:ist|sind|kommt|kommen) [^.!?:\n]{0,50}(?:tweets?|posts?|entwurf|entwürfe|beitrag|beiträge|vorschl[aä]g)[^.!?:\n]{0,40}:",
        r"^(?:bien sûr|certainement|avec plaisir)[ \u{a0}]?[!,.]\s+voici\b",
        r"^voici [^.!?:\n]{0,50}(?:tweets?|posts?|publication|proposition|brouillon)[^.!?:\n]{0,40}:",
        r"^¡?(?:claro|por supuesto|desde luego)(?: que sí)?[!,.]+\s+(?:aquí|te)\b",
        r"^aquí (?:tienes|está|están|va) [^.!?:\n]{0,50}(?:tuits?|tweets?|publicaci|borrador|propuesta)[^.!?:\n]{0,40}:",
        r"^(?:selvfølgelig|gjerne|klart det)[!,.]\s+her\b",
        r"^her (?:er|kommer) [^.!?:\n]{0,50}(?:tweets?|innlegg|utkast|forslag)[^.!?:\n]{0,40}:",
        r"^(?:もちろん|承知|はい)[^\n。!！]{0,15}[。!！、]\s*(?:以下|こちら)",
        r"^(?:以下|こちら)[^\n。]{0,20}(?:ツイート|投稿|案)[^\n]{0,10}[。:：]",
    ])
});

/// Tokens and tags that are none of the text.
pub(super) static TOKENS: LazyLock<Bounded> = LazyLock::new(|| {
    any(&[
        r"</?think(?:ing)?>",
        r"<\|[a-z_]+\|>",
        r"\[/?INST\]",
        r"```",
        r#"^\s*\{\s*"[a-z_]+"\s*:"#,
        r"^\s*(?:assistant|user|system)\s*:",
    ])
});

/// What was to be filled in.
pub(super) static GAP: LazyLock<Bounded> = LazyLock::new(|| {
    any(&[
        r"\[(?:(?:your|insert|add|enter|the|product|company|brand|client|event|shop|store|website|short|registration) )?(?:link|links|url|name|names|date|time|price|city|place|location|address|company|product|brand|client|handle|hashtags?|website|topic|number|emoji|image|photo|cta|here|code)(?: (?:here|name|link|url|to [^\[\]]{1,30}))?\]",
        r"\[(?:your|insert|add|enter) [^\[\]\n]{1,40}\]",
        r"\[(?:link|name|datum|uhrzeit|preis|ort|stadt|firma|produkt|webseite|(?:ihr|dein|hier)[^\[\]\n]{0,30})\]",
        r"\[(?:lien|nom|date|heure|prix|ville|lieu|entreprise|produit|site|(?:votre|insérer|insérez|ajouter)[^\[\]\n]{1,30})\]",
        r"\[(?:enlace|nombre|fecha|hora|precio|ciudad|lugar|empresa|producto|(?:tu|su|insertar|inserta)[^\[\]\n]{1,30})\]",
        r"\[(?:lenke|navn|dato|klokkeslett|pris|by|sted|bedrift|produkt|(?:din|ditt|sett inn)[^\[\]\n]{1,30})\]",
        r"[\[［【](?:リンク|url|名前|日付|時間|価格|場所|店名|会社名|商品名|ここに[^\]］】]{0,15})[\]］】]",
        r"\{\{?[^{}\n]{1,40}\}\}?",
        r"<[\p{L}][^<>\n]{0,40}>",
        r"\b(?:lorem ipsum|insert link here|(?-i:TBD|XXX|TODO:))(?:\W|$)",
        r"\bhttps?://(?:www\.)?your[a-z-]+\.(?:com|org|net)\b",
        r"_{4,}",
    ])
});

/// Markup.
pub(super) static MARKUP: LazyLock<Bounded> = LazyLock::new(|| {
    any(&[
        r"\*\*[^*\n]+\*\*",
        r"(?:^|\s)__[^_\n]+__(?:\s|$|[.,!?])",
        r"(?m)^#{1,6} \S",
        r"\[[^\[\]\n]+\]\([^()\s]+\)",
        r"(?:^|\s)\*[^*\s](?:[^*\n]*[^*\s])?\*(?:\s|$|[.,!?])",
        r"(?:^|[^`])`[^`\n]+`(?:[^`]|$)",
        r"~~[^~\n]+~~",
        r"(?m)^> \S",
        r"(?m)^\* \S",
        r"(?m)^-{3,}\s*$",
    ])
});

fn any(patterns: &[&str]) -> Bounded {
    let joined: Vec<String> = patterns.iter().map(|one| format!("(?:{one})")).collect();
    let pattern = format!("(?i){}", joined.join("|"));
    Bounded::new(&pattern)
        .expect("the patterns of traces are constant, and tests find traces with them")
}
