"""Count samples of traffic where there are any; what counts them is imported only then."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from advisor.requirements.schema import Requirements


def counted(requirements: Requirements, folder: Path) -> Requirements:
    """Return the requirements with samples of traffic, looked for in ``folder``, replaced by their figures.

    Raises RequirementsError as :func:`advisor.requirements.traffic.count.count_traffic` does.
    """
    if all(workload.traffic is None or workload.traffic.sample is None for workload in requirements.workloads):
        return requirements
    from advisor.requirements.traffic.count import resolve_traffic

    return resolve_traffic(requirements, folder)
