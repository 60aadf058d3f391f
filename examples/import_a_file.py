"""Bring in another application's backup: look at the plan first, then keep it, then try it again."""

import motovault

BACKUP = """"## Vehicle"
"Name","Description","DistUnit","FuelUnit","ConsumptionUnit","ImportCSVDateFormat","VIN","Insurance","Plate"
"Wagon","","0","0","0","yyyy-MM-dd","","","AB 123"
"## Log"
"Data","Odo (km)","Fuel (litres)","Full","Price (optional)","l/100km (optional)","City (optional)","Missed"
"2026-03-20","51400","38.50","1","63.14","5.8","Harbour","0"
"2026-03-08","50700","42.00","1","68.46","","Harbour","0"
"2026-03-14","51050","thirty","0","20.00","","Harbour","0"
"2026-03-01","50000","40.00","1","64.80","","Mill Road","0"
"## CostCategories"
"CostTypeID","Name","priority","color"
"1","Service","0",""
"## Costs"
"CostTitle","Date","Odo","CostTypeID","Notes","Cost"
"Oil and filter","2026-03-10","50800","1","","89.00"
"""


def main() -> None:
    garage = motovault.open_vault("memory:").garage("ana")

    plan = garage.plan_import(BACKUP.encode(), name="wagon.csv")
    print(f"{plan.format}: {plan.counts.fuel_logs} fuel logs of {plan.vehicles[0].name}")
    for finding in plan.findings:  # what could not be read is said, with its line; nothing is guessed
        print(finding)

    print("added:", garage.apply(plan).added)
    print("added the second time:", garage.apply(plan).added)

    (car,) = garage.vehicles.list()
    print(garage.fuel_logs.economy(car.id))


if __name__ == "__main__":
    main()
