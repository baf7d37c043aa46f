"""many-clients.py CLIENTS FILES PORTS RELAY...: a relay that may open FILES files (0: as many as it may), in a network of its own with PORTS local ports (0: this network). Each of CLIENTS sends a datagram to it; then the last ones do again. Prints what came of it as JSON."""
import atexit, ctypes, fcntl, json, resource, socket, struct, subprocess, sys, threading, time
clients, files, ports = map(int, sys.argv[1:4])
if ports:
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    name = struct.pack('16sh', b'lo', 0)
    flags = struct.unpack('16sh', fcntl.ioctl(s, 0x8913, name))[1]  # SIOCGIFFLAGS
    fcntl.ioctl(s, 0x8914, struct.pack('16sh', b'lo', flags | 1))  # SIOCSIFFLAGS, IFF_UP
    with open('/proc/sys/net/ipv4/ip_local_port_range', 'w') as f: f.write('40000 %d' % (40000 + ports - 1))
def bound(port, host='127.0.0.1'):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind((host, port))
    return s
def own(first, host='127.0.0.1'):  # a port that the relay's sockets do not use
    for port in range(first, first + 1000):
        try: return bound(port, host)
        except OSError: pass
target, seen = own(21000), {}
def answer():
    while True:
        data, source = target.recvfrom(100)
        seen.setdefault(data, []).append(source[1])
        target.sendto(data, source)
threading.Thread(target=answer, daemon=True).start()
free = own(20000)
port = free.getsockname()[1]
free.close()
def limit():
    ctypes.CDLL(None).prctl(1, 9)  # PR_SET_PDEATHSIG, SIGKILL: it does not outlive this program
    if files: resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
relay = subprocess.Popen(sys.argv[4:] + ['127.0.0.1:%d' % port, '--to', '127.0.0.1:%d' % target.getsockname()[1], '--json'],
    stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=limit)
atexit.register(relay.kill)
lines = []
def read():
    for line in relay.stderr: lines.append(line)
reader = threading.Thread(target=read, daemon=True); reader.start()
end = time.time() + 120
while not any('relaying from' in line for line in lines) and time.time() < end: time.sleep(0.05)
began, kept, answered = time.time(), [], 0
def ask(s, i, attempts=3):
    data = b'%d' % i
    for attempt in range(attempts):
        s.sendto(data, ('127.0.0.1', port))
        try: return s.recv(100) == data
        except socket.timeout: pass
    return False
for i in range(clients):
    if relay.poll() is not None: break
    s = own(22000 + i % 1000, '127.0.%d.%d' % (1 + i // 250, 1 + i % 250)); s.settimeout(1)
    answered += ask(s, i)
    kept.append((s, i))
    if len(kept) > 200: kept.pop(0)[0].close()
again = kept[-180:] if not ports else kept[-int(ports * 0.9):]
for s, i in again:
    seen.pop(b'%d' % i, None)
first = {}
served = 0
for s, i in again: served += ask(s, i, 60); first[i] = seen.get(b'%d' % i, [0])[0]
same = 0
for s, i in again: ask(s, i, 60); same += seen.get(b'%d' % i, [0])[-1] == first[i] != 0
alive, seconds = relay.poll() is None, time.time() - began
if alive: relay.terminate()
out = relay.stdout.read(); relay.wait(); reader.join()
print(json.dumps(dict(answered=answered, alive=alive, served=served, same=same, wanted=len(again), seconds=seconds, code=relay.returncode, lines=lines, account=json.loads(out or 'null'))))
