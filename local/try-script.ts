import { metresBetween } from './actors/travel.ts';
import { goodsOf } from './pilot/goods.ts';
import type { MallDocument } from './pilot/mall-document.ts';
import { addressLine, type PilotAddress } from './pilot/pilot.ts';

/**
 * A script that places an order with curl and openssl alone, as a channel's developer would, and follows it to the
 * door. It takes the first mall that is open.
 */
export function tryScript(malls: MallDocument[], addresses: PilotAddress[]): string {
  const baskets = malls.map((document) => `  '${shellQuoted(basketOf(document, addresses))}'`);
  return `#!/usr/bin/env bash
# Places an order with a channel's own key and follows it to the door.
set -euo pipefail
here=$(cd "$(dirname "\${BASH_SOURCE[0]}")" && pwd)

# field <name> <file>: the last value of that name, from pretty-printed JSON.
field() { sed -n 's/.*"'"$1"'": "\\([^"]*\\)".*/\\1/p' "$here/$2" | tail -1; }
base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }

url=$(field publicUrl control.json)
key_id=$(field keyId credentials.json)
secret=$(field secret credentials.json)
curl -fsS "$url/config.json" >/dev/null || { echo "Nothing runs at $url: start it with npm start." >&2; exit 1; }
audience=$(curl -fsS "$url/config.json" | sed 's/.*"audience":"\\([^"]*\\)".*/\\1/')

# A token of five minutes, signed with the key: HS256, the key's id in the header.
token() {
  local now header payload hex
  now=$(date +%s)
  header=$(printf '{"alg":"HS256","typ":"JWT","kid":"%s"}' "$key_id" | base64url)
  payload=$(printf '{"aud":"%s","iat":%d,"exp":%d}' "$audience" "$now" "$((now + 300))" | base64url)
  hex=$(printf '%s=' "$secret" | tr '_-' '/+' | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \\n')
  printf '%s.%s.' "$header" "$payload"
  printf '%s.%s' "$header" "$payload" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$hex" -binary | base64url
}

baskets=(
${baskets.join('\n')}
)
order=
for basket in "\${baskets[@]}"; do
  answer=$(curl -sS "$url/v1/orders" -H "authorization: Bearer $(token)" -H 'content-type: application/json' \\
    -H "idempotency-key: try-$(date +%s)-$RANDOM" -d "$basket" -w '\\n%{http_code}')
  if [ "\${answer##*$'\\n'}" = 201 ]; then order=$(printf '%s' "$answer" | sed -n 's/^{"id":"\\([^"]*\\)".*/\\1/p'); break; fi
done
if [ -z "$order" ]; then echo "No order was taken: $answer" >&2; exit 1; fi

read_order() { curl -fsS "$url/v1/orders/$order" -H "authorization: Bearer $(token)"; }
echo "Order      $order"
echo "Track      $(read_order | sed 's/.*"trackingUrl":"\\([^"]*\\)".*/\\1/')"
echo "Execution  $url/executions/$order"
last=
while :; do
  view=$(read_order)
  status=$(printf '%s' "$view" | grep -o '"status":"[a-z_]*"' | head -1 | cut -d'"' -f4)
  if [ "$status" != "$last" ]; then echo "Status     $status"; last=$status; fi
  case $status in delivered | returned | cancelled | failed) break ;; esac
  sleep 1
done
cost=$(curl -sS "$url/demo/overview" | sed -n 's/.*"perDeliveredOrderUsd":\\([0-9.e-]*\\).*/\\1/p')
if [ -n "$cost" ]; then echo "AWS cost   $cost USD for each delivered order so far"; fi
`;
}

function basketOf({ mall, stores }: MallDocument, addresses: PilotAddress[]): string {
  const door = addresses.find(({ position }) => metresBetween(mall.position, position) < 8_000);
  if (!door) throw new Error(`No address of the pilot is near ${mall.name}.`);
  return JSON.stringify({
    mallId: mall.id,
    pickups: stores.slice(0, 2).map(({ id, retailerId }) => ({
      storeId: id,
      lines: [{ ...goodsOf(retailerId)[0], quantity: 1 }],
    })),
    dropoff: { name: 'Robin Try', phone: '+14805550123', address: addressLine(door) },
  });
}

function shellQuoted(text: string): string {
  return text.replaceAll("'", String.raw`'\''`);
}
