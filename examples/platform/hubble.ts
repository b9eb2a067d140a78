import { answer, ask, hooked, pathOf, problem, readPlace } from './service.ts'

/**
 * Monitoring: looks at the health of the others now and then, and tells it in one place.
 *
 *   GET /summary   {members: [{url, serviceId, status, role, seenAt}], well, of}
 *
 * What it sees is not its own health: it is well while it looks.
 */
const place = readPlace()
const everyMs = 2_000
const timeoutMs = 500

interface Look {
  url: string
  serviceId: string
  status: string
  role?: string
  seenAt: string
}
const looks = new Map<string, Look>()
let lastRoundAt = performance.now()

async function look(url: string): Promise<void> {
  const before = looks.get(url)
  try {
    const { body } = await ask(`${url}/health`, { timeoutMs })
    const role = typeof body.role === 'string' ? { role: body.role } : {}
    looks.set(url, {
      url,
      serviceId: String(body.serviceId ?? url),
      status: String(body.status ?? 'unknown'),
      ...role,
      seenAt: new Date().toISOString(),
    })
  } catch {
    looks.set(url, { url, serviceId: before?.serviceId ?? url, status: 'unknown', seenAt: before?.seenAt ?? '' })
  }
}

async function round(): Promise<void> {
  await Promise.all(place.peers.map(look))
  lastRoundAt = performance.now()
}

const well = () => [...looks.values()].filter(({ status }) => status === 'pass' || status === 'warn').length
const check = () => ({
  'members:well': [{ observedValue: well(), observedUnit: `of ${place.peers.length}` }],
  'rounds:age': [
    {
      observedValue: Math.round(performance.now() - lastRoundAt),
      observedUnit: 'ms',
      status: performance.now() - lastRoundAt < 5 * everyMs ? ('pass' as const) : ('fail' as const),
    },
  ],
})

const timer = setInterval(() => void round(), everyMs)
void round()

hooked(place, { check, end: () => clearInterval(timer) }, (req, res) => {
  if (pathOf(req).pathname !== '/summary') return problem(res, 404, 'not-found', 'See GET /summary.')
  answer(res, 200, { members: [...looks.values()], well: well(), of: place.peers.length })
})
