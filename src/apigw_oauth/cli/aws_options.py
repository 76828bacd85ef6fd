"""Options of the commands that ask AWS."""

from typing import Annotated

import typer

RegionOption = Annotated[
    str | None, typer.Option("--region", metavar="NAME", help="[deploy] region, or that of the AWS configuration.")
]
ProfileOption = Annotated[
    str | None, typer.Option("--profile", metavar="NAME", help="A profile of the AWS configuration.")
]
EndpointOption = Annotated[
    str | None, typer.Option("--endpoint-url", metavar="URL", help="Of a local AWS emulator, instead of AWS.")
]
