"""A column of VINs as a camera or a clerk wrote them down: which are right, what is wrong, how to repair."""

from motovault import vin

COLUMN = [
    "1HGCM82633A123454",  # right
    "1hgcm-82633-a123454",  # right, however it is typed
    "1HGCM82633A123455",  # one digit off: the check digit tells
    "IHGCM82633AI23454",  # the letter I where a 1 stands: misread
    "1HGCM82633A12345",  # too short
]


def main() -> None:
    for text, is_valid in zip(COLUMN, vin.are_valid([vin.compact(text) for text in COLUMN]), strict=True):
        if is_valid:
            car = vin.parse(text)
            year = car.model_year or " or ".join(map(str, car.model_years))  # one only where it is certain
            print(f"{text:20}  {vin.format(car)}: {' or '.join(car.makes)}, {year}, {car.country}")
            continue
        print(f"{text:20}  not valid")
        for finding in vin.check(text):
            print(f"{'':20}    {finding.message}")
        for repaired in vin.suggest(text, limit=3):
            print(f"{'':20}    did they mean {repaired}?")


if __name__ == "__main__":
    main()
