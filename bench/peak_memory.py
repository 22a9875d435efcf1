"""What the baselines' programs share."""


def peak_memory():
    """The most memory, in bytes, that this process has held; None where the system does not tell."""
    # not getrusage: on Linux that counts the memory of the parent, up to the start of this program
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) * 1024
    except OSError:
        return None
