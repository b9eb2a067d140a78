import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { PagerConfig } from '../../core/catalog/schema-people.ts'
import { fault } from '../../core/errors.ts'
import type { Page, Pager, PagerPorts } from './define.ts'
import { postJson } from './post.ts'

type PagerDutyConfig = Extract<PagerConfig, { kind: 'pagerduty' }>

/** Limits of the Events API v2. */
const keyChars = 255
const summaryChars = 1_024
const detailChars = 20_000

/**
 * PagerDuty, by its Events API v2: a page is one alert there, whoever is called; a further call adds to it. Who is woken, and how,
 * is PagerDuty's own policy. `202` means that it was taken; on 429 and 5xx it is sent again later.
 */
export function pagerDuty(config: PagerDutyConfig, { environment }: PagerPorts): Pager {
  async function send(action: 'trigger' | 'acknowledge' | 'resolve', page: Page, more: object = {}): Promise<void> {
    const key = environment(config.routingKeyEnv)
    if (!key) throw fault('page-not-sent', { kind: 'pagerduty', problem: `the environment has no ${config.routingKeyEnv}` })
    await postJson('pagerduty', `${config.url.replace(/\/$/, '')}/v2/enqueue`, {
      body: JSON.stringify({ routing_key: key, event_action: action, dedup_key: dedupKeyOf(page), ...more }),
      timeoutMs: config.timeoutMs,
    })
  }
  return {
    kind: 'pagerduty',
    deliver: (page) => send('trigger', page, triggerOf(page)),
    tell: ({ kind, page }) => send(kind === 'closed' ? 'resolve' : 'acknowledge', page),
  }
}

/** The page's own id, by which acknowledgements come back. */
function dedupKeyOf({ call, dedupe }: Page): string {
  const key = call?.page ?? dedupe
  return key.length <= keyChars ? key : createHash('sha256').update(key).digest('hex')
}

function triggerOf({ title, text, payload, incident, call }: Page) {
  return {
    client: 'Jidoka',
    payload: {
      summary: title.slice(0, summaryChars),
      source: String(payload.component ?? 'jidoka'),
      severity: payload.urgency === 'low' ? 'warning' : 'critical',
      component: payload.component ?? undefined,
      class: payload.failure ?? undefined,
      group: payload.owner ?? undefined,
      custom_details: {
        text: text.slice(0, detailChars),
        incident,
        andon: payload.andon ?? null,
        members: payload.members ?? [],
        page: call?.page ?? null,
        called: call?.people.map(({ name }) => name) ?? [],
      },
    },
  }
}

/** `X-PagerDuty-Signature`: `v1=<hex HMAC-SHA256 of the body>`, more than one while a secret is exchanged. Without a secret nothing is genuine. */
export function signedByPagerDuty(body: string, header: string | undefined, secrets: readonly string[]): boolean {
  const given = (header ?? '').split(',').flatMap((part) => /^v1=([0-9a-f]{64})$/.exec(part.trim())?.[1] ?? [])
  let genuine = false
  for (const secret of secrets) {
    const wanted = createHmac('sha256', secret).update(body).digest()
    // Every one is looked at: the time tells nothing.
    for (const one of given) genuine = timingSafeEqual(Buffer.from(one, 'hex'), wanted) || genuine
  }
  return secrets.length > 0 && genuine
}
