"""Stands between a client and a service and changes answers: what a client has to notice.

    proved_api_liar.py URL output|proof

output: another output than the proof's. proof: the proof of an earlier answer, which the liar asked for himself.
Prints its own address.
"""

import http.server
import json
import sys
import urllib.error
import urllib.request


def main():
    service, lie = sys.argv[1:]
    earlier = {}

    class Liar(http.server.BaseHTTPRequestHandler):
        def forward(self, body):
            request = urllib.request.Request(service + self.path, data=body)
            for name in ("Authorization", "Content-Type"):
                if self.headers[name] is not None:
                    request.add_header(name, self.headers[name])
            return urllib.request.urlopen(request, timeout=60)

        def answer(self, body):
            if "/infer" in self.path and lie == "proof" and not earlier:
                other = {**json.loads(body), "context": "00"}
                with self.forward(json.dumps(other).encode()) as got:
                    earlier.update(json.loads(got.read()))
            with self.forward(body) as got:
                content = got.read()
            if "/infer" in self.path:
                told = json.loads(content)
                if lie == "proof":
                    told["proof_id"] = earlier["proof_id"]
                else:
                    told["output"]["output_integers"][0].reverse()
                content = json.dumps(told).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_GET(self):
            self.answer(None)

        def do_POST(self):
            self.answer(self.rfile.read(int(self.headers["Content-Length"])))

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Liar)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
