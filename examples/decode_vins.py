"""VINs as people typed them: what each vehicle is, what is not sure; and a vehicle filled from one."""

import motovault
from motovault.domain.tiers import AllFeatures

COLUMN = [
    "1HGCM82633A123454",  # of America: the year is certain
    "wvw-zzz1kz8w000001",  # of Europe: the year is not
    "1HGCM82633A12345",  # too short: it has an error, and the rest goes on
]


def main() -> None:
    with motovault.open_vault("memory:", policy=AllFeatures()) as vault:  # one person, no tiers
        for decoded in vault.vin_decoder.decode_many(COLUMN):
            if decoded.error is not None:
                print(f"no VIN: {decoded.error.rule}")
                continue
            year = decoded.model_year
            when = year.value or " or ".join(map(str, year.candidates))
            print(f"{decoded.make.value}, {when}, {decoded.country.value}")

        garage = vault.garage("ana")
        car = garage.vehicles.add(vin=COLUMN[0], nickname="Daily", decode=True)  # fills what was left empty
        print(f"{car.nickname}: a {car.model_year} {car.make}")


if __name__ == "__main__":
    main()
