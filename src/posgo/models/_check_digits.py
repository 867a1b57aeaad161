"""
Check digits. A wrong one is a finding, never a refusal: registers hold wrong numbers too.
"""

__all__ = ["gtin_is_valid", "organization_number_is_valid"]

_GTIN_LENGTHS = frozenset({8, 12, 13, 14})
# Brønnøysundregistrene, "organisasjonsnummeret": modulus 11 with these weights.
_ORGANIZATION_WEIGHTS = (3, 2, 7, 6, 5, 4, 3, 2)


def organization_number_is_valid(number: str) -> bool:
    """
    Whether nine digits end in the check digit of a Norwegian organisation number.
    """
    if len(number) != 9 or not (number.isascii() and number.isdigit()):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_ORGANIZATION_WEIGHTS, number, strict=False))
    # A remainder of 1 would need the check digit 10: such numbers are not issued.
    return (11 - total % 11) % 11 == int(number[8])


def gtin_is_valid(number: str) -> bool:
    """
    Whether a text is a GTIN of 8, 12, 13 or 14 digits with the right check digit (GS1, modulus 10).
    """
    if len(number) not in _GTIN_LENGTHS or not (number.isascii() and number.isdigit()):
        return False
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(number)))
    return total % 10 == 0
