"""Mandarin by pinyin, and IPA for the languages of espeak-ng."""

from __future__ import annotations

import builtins
import json
from pathlib import Path

import pytest

from recital.processors.text import TextConfig, TextProcessor, symbols_for
from recital.processors.text.espeak import phonemize
from recital.processors.text.languages import rules_of
from recital.processors.text.languages.cardinals import dutch, french, german, italian, spanish
from recital.processors.text.mandarin import syllable
from recital.processors.text.symbols import SYMBOL_SETS
from recital.utils.errors import ConfigError, DataError, RecitalError

MANDARIN = TextConfig(symbol_set="english_mandarin_basic", phonemizer="pinyin")


def names(config: TextConfig, text: str) -> list[str]:
    p = TextProcessor(config, symbols_for(config))
    return p.token_names(p.encode(text))


def test_the_mandarin_set_is_the_references(shared: Path) -> None:
    symbols = json.loads((shared / "vectors/text_nvidia.json").read_text())["symbols"]
    assert list(SYMBOL_SETS["english_mandarin_basic"]) == symbols["english_mandarin_basic"]


@pytest.mark.parametrize(
    ("pinyin", "symbols"),
    [
        ("ni3", "N I 3"),
        ("xue2", "X VE 2"),
        ("yuan2", "Y V AN 2"),
        ("ju4", "J V 4"),
        ("jiong3", "J I ONG 3"),
        ("zhuang1", "ZH U ANG 1"),
        ("wo3", "W O 3"),
        ("lü4", "L V 4"),
        ("lve4", "L VE 4"),
        ("an1", "^ AN 1"),
        ("er2", "^ ER 2"),
        ("ma", "M A 5"),
        ("huar1", "H U A ER 1"),
        ("liu2", "L IU 2"),
        ("xun4", "X VN 4"),
    ],
)
def test_syllables(pinyin: str, symbols: str) -> None:
    assert syllable(pinyin) == tuple(symbols.split())


def test_no_syllable_is_an_error() -> None:
    with pytest.raises(DataError, match="no syllable of pinyin: 'blorg1'"):
        syllable("blorg1")


def test_mandarin_and_english_in_one_text() -> None:
    pytest.importorskip("pypinyin")
    assert " ".join(names(MANDARIN, "你好，OK 2！")) == "#N #I #3 #H #AO #3 #， o . k .   t w o #！"
    assert " ".join(names(MANDARIN, "花儿")) == "#H #U #A #ER #1"
    assert " ".join(names(MANDARIN, "女儿")) == "#N #V #3 #^ #ER #2"
    assert " ".join(names(MANDARIN, "{#N #I #3}妈吗")) == "#N #I #3 #M #A #1 #M #A #5"


def test_without_pypinyin_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def no_pypinyin(name: str, *args, **kwargs):
        if name == "pypinyin":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", no_pypinyin)
    with pytest.raises(RecitalError, match="pip install pypinyin"):
        names(MANDARIN, "你好")


@pytest.mark.parametrize(
    ("voice", "text", "spoken"),
    [
        ("de", "Schön.", "ʃˈøːn."),
        ("fr", "Bonjour.", "bɔ̃ʒˈuʁ."),
        ("cmn", "你好", None),
        ("hi", "नमस्ते", None),
        ("ja", "こんにちは", None),
        ("vi", "Tiếng Việt", None),
        ("ru", "Привет, мир!", None),
        ("cs", "Příliš žluťoučký kůň", None),
        ("ka", "გამარჯობა", None),
    ],
)
def test_ipa_of_many_languages(voice: str, text: str, spoken: str | None) -> None:
    pytest.importorskip("espeakng_loader")
    config = TextConfig(cleaners=None, symbol_set="ipa", phonemizer="espeak", voice=voice)
    found = names(config, text)
    assert len(found) > 3
    if spoken is not None:
        import unicodedata

        assert "".join(found) == unicodedata.normalize("NFD", spoken)


def test_one_request_phonemizes_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("espeakng_loader")
    from recital.processors.text import espeak

    calls = []
    ask = espeak._worker.ask
    monkeypatch.setattr(espeak._worker, "ask", lambda *a: calls.append(a) or ask(*a))
    config = TextConfig(symbol_set="espeak_en", phonemizer="espeak")
    TextProcessor(config, symbols_for(config)).encode_many(["One.", "Two of {ð ə} them.", "Three."])
    assert len(calls) == 1


@pytest.mark.parametrize(
    ("language", "voice", "n_rows"),
    [
        ("german", "de", 89),
        ("dutch", "nl", 79),
        ("french", "fr", 91),
        ("spanish", "es", 90),
        ("italian", "it", 110),
        ("russian", "ru", 656),
    ],
)
def test_hand_read_tables(language: str, voice: str, n_rows: int) -> None:
    lines = Path(__file__).with_name(f"{language}.tsv").read_text(encoding="utf-8").split("\n")
    rows = [line.split("\t") for line in lines if line and not line.startswith("# ")]
    assert len(rows) == n_rows
    rules = rules_of(voice)
    assert rules is not None
    assert {t: rules.rewrite(t) for _, t, r in rows if rules.rewrite(t) != r} == {}


@pytest.mark.parametrize("voice", ["fr", "es", "it"])
@pytest.mark.parametrize("written", ["{}", "{} km", "{}-{}", "{},50 €", "articles {}-{}"])
def test_more_digits_than_int_takes(voice: str, written: str) -> None:
    rules = rules_of(voice)
    assert rules is not None
    assert not any(map(str.isdigit, rules.rewrite(written.format("7" * 5000, "8" * 5000))))


@pytest.mark.parametrize(
    ("voice", "text", "spoken"),
    [
        ("es", "Un Boeing 727-200, un A320-200 y las 24H de Le Mans; nivel 700-800.",
         "Un Boeing setecientos veintisiete doscientos, un A320 doscientos y las veinticuatro "
         "horas de Le Mans; nivel setecientos a ochocientos."),
        ("fr", "Un 747-400ER, 24H.", "Un sept cent quarante-sept quatre cents ER, vingt-quatre "
         "heures."),
        ("es", "El 3 de octubre de 2021 costó 5,50 €.", "El tres de octubre de dos mil veintiuno "
         "costó cinco euros con cincuenta."),
        ("es", "El 2 de mayo: 21 casas, 31 días, 1 problema, 500 personas, tel. 91 234 56 78, 1 "
         "034 068 €, no 3.", "El dos de mayo: veintiuna casas, treinta y un días, un problema, "
         "quinientas personas, teléfono nueve uno, dos tres cuatro, cinco seis, siete ocho, un "
         "millón treinta y cuatro mil sesenta y ocho euros, no tres."),
        ("es", "Las 3.000 personas (800,000 más, 1%-15%), 700 mil hectáreas, siglos XI y XII, "
         "siglo xix, Parte II, p. 73, Sub-20 ha ganado 20 ha, Carl D. Lee y D. Juan, José L. F., "
         "Isabel II, Pedro I de Rusia, $ 32,582 y 300 hab./km², Cuadro 5.2.",
         "Las tres mil personas (ochocientos mil más, uno a quince por ciento), setecientas mil "
         "hectáreas, siglos once y doce, siglo diecinueve, Parte dos, página setenta y tres, "
         "Sub-veinte ha ganado veinte hectáreas, Carl D. Lee y Don Juan, José L. F., Isabel "
         "segunda, Pedro primero de Rusia, treinta y dos mil quinientos ochenta y dos dólares y "
         "trescientos habitantes por kilómetro cuadrado, Cuadro 5.2."),
        ("de", "Von Luis X., Felipe V. und Karl IV. in den 1990ern, am 3.1. für 20,-- EUR (Bd. 2, "
         "8:404), 6:30 – 10:00, in der 4. Klasse des späten 15. Jahrhunderts Ludwigs XIV., "
         "2 Euro / Min., 07561 / 3128.",
         "Von Luis dem Zehnten, Felipe dem Fünften und Karl dem Vierten in den "
         "neunzehnhundertneunzigern, am dritten Januar für zwanzig Euro (Band zwei, acht zu "
         "vierhundertvier), sechs Uhr dreißig bis zehn Uhr, in der vierten Klasse des späten "
         "fünfzehnten Jahrhunderts Ludwigs des Vierzehnten, zwei Euro pro Minute, null sieben fünf "
         "sechs eins, drei eins zwei acht."),
        ("es", "El 1ero, la 4 ª y el 5to: 138.94 km², 1.1-1.3 mm, 19,6 hab / km², año III.",
         "El primero, la cuarta y el quinto: 138.94 kilómetros cuadrados, 1.1 a 1.3 milímetros, "
         "diecinueve coma seis habitantes por kilómetro cuadrado, año tres."),
        ("de", "Zum 67. wurde sein begangenes 60. Jubiläum zum 3. gefeiert, 1/2h lang im Jahre III "
         "mit B-29s.", "Zum siebenundsechzigsten wurde sein begangenes sechzigstes Jubiläum zum "
         "dritten gefeiert, "
         "eine halbe Stunde lang im Jahre drei mit B-29s."),
        ("de", "Anna V. und Klaus I. lernten 1/2 Stunde, ½ Liter, 1/2 Jahr, 7-9 Uhr im Jan. 2020: "
         "5‰, MwSt., der I. Akt, Elisabeth I. und Heinrich V. kamen.",
         "Anna V. und Klaus I. lernten "
         "eine halbe Stunde, ein halber Liter, ein halbes Jahr, sieben bis neun Uhr im Januar "
         "zweitausendzwanzig: fünf Promille, Mehrwertsteuer, der erste Akt, Elisabeth die Erste "
         "und Heinrich der Fünfte kamen."),
        ("es", "Reinó Isabel I. Luego Tomo I. y Juan V. García.",
         "Reinó Isabel primera. Luego Tomo uno. y Juan V. García."),
        ("fr", "1 fille, 21 filles, 1 garçon.", "une fille, vingt et une filles, un garçon."),
        ("it", "La 96esima, il 31esimo, un 28enne, due 33enni.",
         "La novantaseiesima, il trentunesimo, un ventottenne, due trentatreenni."),
        ("fr", "6.995 habitants, 1 231 et 3,5 m.", "six mille neuf cent quatre-vingt-quinze "
         "habitants, mille deux cent trente et un et trois virgule cinq mètres."),
        ("nl", "4 - 2, 3-0, van 10-15 euro.", "vier twee, drie nul, van tien tot vijftien euro."),
        ("de", "Sie gewann 4-2 mit 10-15 Euro.", "Sie gewann vier zu zwei mit zehn bis fünfzehn "
         "Euro."),
        ("it", "1 studente, 1 casa, 1 libro, 20°, il 5° posto, 1 milione, 3,07 e 108.",
         "uno studente, una casa, un libro, venti gradi, il quinto posto, un milione, tre virgola "
         "zero sette e centotto."),
        ("de", "1 Million Euro, 1 Mio. € und 90 Millionen km.",
         "eine Million Euro, eine Million Euro und neunzig Millionen Kilometer."),
        ("it", "Il XXI secolo, alle 14:30, il 25 %.", "Il ventunesimo secolo, alle quattordici e "
         "trenta, il venticinque per cento."),
        ("de", "Es steht 3:2, {ʃ øː n} um 9.", "Es steht drei zu zwei, {ʃ øː n} um neun."),
        ("ru", "С 3 октября 2021 г.", "С третьего октября две тысячи двадцать первого года."),
        ("es", "Felipe II, 1.er piso, la 10.ª vez, el 134.º, ½ y 3/11.", "Felipe segundo, primer "
         "piso, la décima vez, el centésimo trigésimo cuarto, medio y tres onceavos."),
        ("es", "1 h, 2 h 30 min, a las 3 h, 3:00 p. m.", "una hora, dos horas treinta minutos, a "
         "las tres, tres de la tarde."),
        ("de", "Der 100. Geburtstag am 24. juli 2013, 2½ kg, 5/16, 3 h, um 3 h, 12 000 CHF.",
         "Der einhundertste Geburtstag am vierundzwanzigsten Juli zweitausenddreizehn, zweieinhalb "
         "Kilogramm, fünf sechzehntel, drei Stunden, um drei Uhr, zwölftausend Franken."),
        ("de", "a_b@web.de, www.x.de/1", "a Unterstrich b at web Punkt de, w w w Punkt x Punkt de "
         "Schrägstrich eins"),
        ("fr", "Mᵐᵉ Roy, 2 1/2, 5/6", "Madame Roy, deux et demi, cinq sixièmes"),
        ("it", "3/8, 2½, 1 h", "tre ottavi, due e mezzo, un'ora"),
        ("nl", "1½ km, 2/5", "anderhalf kilometer, twee vijfde"),
        ("de", "Nimm 1 Prise Salz, 2 EL Öl und 1 TL Zucker, rd. 9 Mill. Euro.", "Nimm eine Prise "
         "Salz, zwei Esslöffel Öl und einen Teelöffel Zucker, rund neun Millionen Euro."),
        ("de", "Kapitel 1 Grundlagen: ein Blech von 30 x 40 cm, 5 – 8 min. bei 190° C.",
         "Kapitel eins Grundlagen: ein Blech von dreißig mal vierzig Zentimeter, fünf bis acht "
         "Minuten bei einhundertneunzig Grad Celsius."),
        ("de", "Tel. 555-123-4567, Server 10.0.0.7.", "Telefon fünf fünf fünf, eins zwei drei, "
         "vier fünf sechs sieben, Server eins null Punkt null Punkt null Punkt sieben."),
        ("es", "Al horno a 200º durante 30/35 minutos, 60 gr. de azúcar y ½ taza de leche.",
         "Al horno a doscientos grados durante treinta, treinta y cinco minutos, sesenta gramos de "
         "azúcar y media taza de leche."),
        ("es", "El XX Congreso a las 21:30 horas y el 25º aniversario a las 9.15 p.m.",
         "El vigésimo Congreso a las veintiuna treinta horas y el vigésimo quinto aniversario a "
         "las nueve quince de la tarde."),
        ("es", "Pesa 200 libras y cuesta US$ 40, 30ºC (86°F), 1.000.º, £200.000.100, +/- 2 mm.",
         "Pesa doscientas libras y cuesta cuarenta dólares, treinta grados Celsius (ochenta y seis "
         "grados Fahrenheit), milésimo, doscientos millones cien libras, más o menos dos "
         "milímetros."),
        ("fr", "2 c. à s. d'huile, un moule de 20 x 30 cm, 350 °F vs 180 °C.", "deux cuillères à "
         "soupe d'huile, un moule de vingt sur trente centimètres, trois cent cinquante degrés "
         "Fahrenheit contre cent quatre-vingts degrés Celsius."),
        ("nl", "2 el olie en 1 tl zout, 20 x 30 cm.", "twee eetlepels olie en één theelepel zout, "
         "twintig bij dertig centimeter."),
    ],
)  # fmt: skip
def test_a_voices_own_language_is_rewritten(voice: str, text: str, spoken: str) -> None:
    config = TextConfig(symbol_set="ipa", phonemizer="espeak", voice=voice)
    assert TextProcessor(config, symbols_for(config)).rewrite(text) == spoken


def test_numbers_in_five_languages() -> None:
    assert german(21_001) == "einundzwanzigtausendeins" and german(2_000_000) == "zwei Millionen"
    assert dutch(1022) == "duizend tweeëntwintig" and dutch(10**6) == "één miljoen"
    assert french(80_071) == "quatre-vingt mille soixante et onze" and french(200) == "deux cents"
    assert spanish(21_100) == "veintiún mil cien" and italian(88_023) == "ottantottomilaventitré"


@pytest.mark.parametrize(
    ("voice", "text", "marks"),
    [("hi", "मैं हूँ। क्या؟", ".?"), ("cmn", "你好，好。好？", ",.?"), ("el", "Τι κάνεις; Καλά.", "?.")],
)
def test_marks_of_other_scripts_reach_the_tokens(voice: str, text: str, marks: str) -> None:
    pytest.importorskip("espeakng_loader")
    config = TextConfig(cleaners=None, symbol_set="ipa", phonemizer="espeak", voice=voice)
    assert "".join(name for name in names(config, text) if name in ".,?!") == marks


@pytest.mark.parametrize(
    ("voice", "text", "named"),
    [
        ("ja", "日本", "'日', '本'"),
        ("de", "日本 ist", "cmn"),
        ("en-us", "Привет", "Cyrillic: 'ru'"),
    ],
)
def test_a_script_that_a_voice_does_not_read_is_an_error(voice: str, text: str, named: str) -> None:
    pytest.importorskip("espeakng_loader")
    with pytest.raises(DataError, match="does not read") as error:
        phonemize([text], voice)
    assert named in str(error.value)
    assert phonemize(["α-Strahlung"], "de")[0][:2] == ["ˈa", "l"]


@pytest.mark.parametrize(
    ("voice", "hint"), [("fr-fr", "'fr'"), ("germn", "'de'"), ("en_us", "'en-us'")]
)
def test_the_nearest_voice_is_named(voice: str, hint: str) -> None:
    pytest.importorskip("espeakng_loader")
    with pytest.raises(ConfigError, match=f"no voice '{voice}'; did you mean {hint}"):
        TextConfig(phonemizer="espeak", voice=voice)


@pytest.mark.parametrize("piece", ["1, ", "3-4, ", "1 и ", "1 000 ", "1:", "1-"])
def test_long_russian_lists_take_linear_time(piece: str) -> None:
    import time

    rules = rules_of("ru")
    assert rules is not None
    rules.rewrite(piece * 50)
    seconds = []
    for length in (5000, 20000):
        start = time.process_time()
        rules.rewrite((piece * length)[:length])
        seconds.append(time.process_time() - start)
    # four times as long; sixteen times is the square
    assert seconds[1] < 10 * seconds[0] + 0.1


@pytest.mark.parametrize("text", ["{}", "a.ru/{}", "1,{}", "5-{}", "{}%", "{}:{}", "1{}"])
def test_russian_numbers_of_any_length(text: str) -> None:
    rules = rules_of("ru")
    assert rules is not None
    assert rules.rewrite(text.replace("{}", "7" * 5000))
