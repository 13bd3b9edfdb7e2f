/** How a receiver knows that a delivery is genuine, in four languages. The secret is read from the environment. */
export const snippets = {
  node: `import { env } from 'node:process';
import { verifyWebhook } from '@multiwa/sdk';

// \`body\` is the text as it came, before any JSON parser.
const event = await verifyWebhook({
  secret: env.MULTIWA_WEBHOOK_SECRET,
  headers: request.headers,
  body,
}); // throws unless it is genuine`,
  python: `import base64, hashlib, hmac, os, time

def is_genuine(headers, body: bytes) -> bool:
    key = base64.b64decode(os.environ["MULTIWA_SIGNING_SECRET"].removeprefix("whsec_"))
    sent = headers["webhook-timestamp"]
    signed = f"{headers['webhook-id']}.{sent}.".encode() + body
    ours = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    theirs = headers["webhook-signature"].split(" ")
    return abs(time.time() - int(sent)) < 300 and any(hmac.compare_digest(ours, one) for one in theirs)`,
  php: `<?php
function isGenuine(array $headers, string $body): bool {
    $key = base64_decode(substr(getenv('MULTIWA_SIGNING_SECRET'), strlen('whsec_')));
    $sent = $headers['webhook-timestamp'];
    $signed = "{$headers['webhook-id']}.$sent.$body";
    $ours = 'v1,' . base64_encode(hash_hmac('sha256', $signed, $key, true));
    $fits = array_filter(explode(' ', $headers['webhook-signature']), fn ($one) => hash_equals($ours, $one));
    return abs(time() - (int) $sent) < 300 && $fits !== [];
}`,
  go: `func isGenuine(headers http.Header, body []byte) bool {
	secret := strings.TrimPrefix(os.Getenv("MULTIWA_SIGNING_SECRET"), "whsec_")
	key, _ := base64.StdEncoding.DecodeString(secret)
	sent := headers.Get("webhook-timestamp")
	seconds, _ := strconv.ParseInt(sent, 10, 64)
	if age := time.Now().Unix() - seconds; age > 300 || age < -300 {
		return false
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(headers.Get("webhook-id") + "." + sent + "."))
	mac.Write(body)
	ours := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	for _, one := range strings.Fields(headers.Get("webhook-signature")) {
		if hmac.Equal([]byte(ours), []byte(one)) {
			return true
		}
	}
	return false
}`,
} as const;
