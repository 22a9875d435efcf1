"""Runs a program in a process without a network, in which it reaches nothing but itself.

Its parent has taken the network away (unshare -n); what is left of it, the loopback interface, is down.
"""

import fcntl
import os
import socket
import struct
import sys

SIOCSIFFLAGS, IFF_UP, IFF_RUNNING = 0x8914, 0x1, 0x40

request = struct.pack("16sh14x", b"lo", IFF_UP | IFF_RUNNING)
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
    fcntl.ioctl(any_socket, SIOCSIFFLAGS, request)
os.execvp(sys.argv[1], sys.argv[1:])
