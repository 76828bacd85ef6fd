"""What can go wrong with a project once it is deployed, found before it does: one finding, one code, one mend."""
