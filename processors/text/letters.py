def letter_to_sound(word: str) -> str:
    return "AH0"
