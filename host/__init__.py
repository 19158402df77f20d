"""What a host needs around the app: warm-up, readiness, headers, metrics and logs. See docs/adr/0028-the-server.md."""

import os

from host.memory import stay_small
from host.processor import choose

# before NumPy and numba are loaded, which read them once
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # many small matrices are slower on many threads
choose()
stay_small()  # before there are threads
