#!/usr/bin/env python
"""Django's command line for the platform."""

import os
import sys


def main() -> None:
    """Run a command; what keeps it from starting at all ends in one sentence."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthmgmt.settings")
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    from healthmgmt.embedded import EmbeddedError
    from healthmgmt.environment import EnvironmentFault

    try:
        execute_from_command_line(sys.argv)
    except (EnvironmentFault, EmbeddedError) as error:
        sys.exit(str(error))
    except OperationalError as error:
        sys.exit(f"The database does not answer: {str(error).strip().partition(chr(10))[0]}")


if __name__ == "__main__":
    main()
