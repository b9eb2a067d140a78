import type { ServerResponse } from 'node:http'
import { type Batch, createReplication } from './replication.ts'
import { answer, ask, hooked, pathOf, problem, quit, readJson, readPlace, readToken } from './service.ts'
import { createSessions } from './sessions.ts'

/**
 * Packet transfer: counts the packets and bytes of every session. One of the pair is active; only it answers.
 *
 *   POST /packets {session, seq, bytes?}      {session, seq, packets, bytes}
 *   GET  /packets?session=&seq=&bytes=        the same
 *   503 not-active | 503 authentication-unavailable | 403 barred
 *
 * Every answer carries x-member, x-role and x-generation. Dipper is asked about a session once: while it hiccups, only new
 * sessions are refused.
 */
const place = readPlace()
const [peer, ...dippers] = place.peers
if (!peer || dippers.length === 0) quit(2, 'polaris needs --peer URL (the other polaris) and --peer URL (dipper) once or more')
const token = readToken(place.folder)
const dipperTimeoutMs = 100
const replicaLimitBytes = 8 * 1_024 * 1_024

const sessions = createSessions()
const replication = createReplication({ peer, token, sessions, isActive: () => kit.isActive(), generation: () => kit.generation() })
const isServing = () => kit.isActive() && !replication.overtaken()
let nextDipper = 0

const identity = () => ({
  'x-member': place.member,
  'x-role': isServing() ? 'active' : kit.isActive() ? 'standby' : kit.role(),
  'x-generation': kit.generation(),
})
const refuse = (res: ServerResponse, status: number, code: string, title: string) => problem(res, status, code, title, identity())

/** Every member of Dipper is tried, each for a short time. The answer is null when it may be used, else why not. */
async function authenticate(session: string): Promise<{ status: number; code: string; title: string } | null> {
  const first = nextDipper++
  for (let attempt = 0; attempt < dippers.length; attempt++) {
    const dipper = dippers[(first + attempt) % dippers.length] as string
    try {
      const { status, body } = await ask(`${dipper}/sessions/${encodeURIComponent(session)}`, { timeoutMs: dipperTimeoutMs })
      if (status === 200) return null
      if (status < 500) return { status, code: String(body.code ?? 'denied'), title: String(body.title ?? 'Dipper denied it.') }
    } catch {
      // The next one.
    }
  }
  return { status: 503, code: 'authentication-unavailable', title: 'Dipper does not answer; only known sessions are served.' }
}

async function packet(
  res: ServerResponse,
  { session, seq, bytes = 100 }: { session: unknown; seq: unknown; bytes?: unknown },
): Promise<void> {
  if (!isServing()) return refuse(res, 503, 'not-active', `${place.member} is not the active member.`)
  const size = Number(bytes)
  if (
    typeof session !== 'string' ||
    session === '' ||
    !Number.isInteger(Number(seq)) ||
    !Number.isInteger(size) ||
    size < 0 ||
    size > 65_535
  ) {
    return refuse(res, 422, 'bad-request', 'session: a name; seq: an integer; bytes: 0 to 65535.')
  }
  const denied = sessions.has(session) ? null : await authenticate(session)
  if (denied) return refuse(res, denied.status, denied.code, denied.title)
  // Asked again: the role may have gone while Dipper was asked, and while the standby took the packet.
  if (!isServing()) return refuse(res, 503, 'not-active', `${place.member} is not the active member.`)
  const { entry, counters } = sessions.append(kit.generation(), session, size)
  await replication.stored(entry)
  if (!isServing()) return refuse(res, 503, 'not-active', `${place.member} is not the active member any more.`)
  answer(res, 200, { session, seq: Number(seq), ...counters }, identity())
}

const checks = () => ({
  'sessions:count': [{ observedValue: sessions.size(), observedUnit: 'sessions', status: 'pass' as const }],
  'replication:lag': [replication.lag()],
})

const kit = hooked(
  place,
  {
    roles: true,
    check: checks,
    on: { promote: () => replication.catchUp() },
    end() {
      clearInterval(catchingUp)
      replication.stop()
    },
  },
  async (req, res) => {
    const url = pathOf(req)
    if (url.pathname === '/replica') {
      if (req.headers.authorization !== `Bearer ${token}`) return refuse(res, 401, 'unauthorized', 'Only the peer may ask.')
      if (req.method === 'GET') return answer(res, 200, sessions.snapshot())
      const batch = await readJson(req, replicaLimitBytes)
      if (!batch) return refuse(res, 422, 'bad-request', 'The body must be a batch of entries.')
      const { status, body } = replication.receive(batch as unknown as Batch)
      return answer(res, status, body)
    }
    if (url.pathname !== '/packets') return refuse(res, 404, 'not-found', `There is no ${url.pathname}; see POST /packets.`)
    if (req.method === 'GET') return packet(res, Object.fromEntries(url.searchParams) as { session: unknown; seq: unknown })
    const body = await readJson(req)
    if (!body) return refuse(res, 422, 'bad-request', 'The body must be a JSON object.')
    return packet(res, body as { session: unknown; seq: unknown })
  },
)

const catchingUp = setInterval(catchUp, 250)
async function catchUp(): Promise<void> {
  if (kit.isActive() || (await replication.catchUp())) clearInterval(catchingUp)
}
void catchUp()
