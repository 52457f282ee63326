"""No bot at all: reads what comes and throws it away, but answers `!lines`, so that the generator knows when all is read."""

import os
import socket
import ssl
from urllib.parse import urlsplit

endpoint = urlsplit(os.environ["ENDPOINT"])
link = socket.create_connection((endpoint.hostname, endpoint.port))
if endpoint.scheme == "ircs":
    link = ssl.create_default_context(cafile=os.environ["CA_FILE"]).wrap_socket(link, server_hostname=endpoint.hostname)
channels = ["#" + x for x in os.environ["CHANNELS"].split(",")]
link.sendall(("NICK sink\r\n" + "".join(f"JOIN {x}\r\n" for x in channels)).encode())
buffer = bytearray(1 << 20)
tail = b""
while size := link.recv_into(buffer):
    if b" :!lines\r\n" in tail + buffer[:64] or buffer.find(b" :!lines\r\n", 0, size) >= 0:
        link.sendall(f"PRIVMSG {channels[0]} :lines: 0\r\n".encode())
    tail = bytes(buffer[max(0, size - 10):size])
