import { createHmac } from 'node:crypto'
import type { PagerConfig } from '../../core/catalog/schema-people.ts'
import { fault } from '../../core/errors.ts'
import { documentOf, type Pager, type PagerPorts } from './define.ts'

/**
 * Posts the page as JSON. With `secretEnv` the body is signed: `Jidoka-Signature: v1=<hex HMAC-SHA256 of timestamp.body>`
 * beside `Jidoka-Timestamp` (seconds). Anything but 2xx counts as not delivered.
 */
export const webhookPager = (config: Extract<PagerConfig, { kind: 'webhook' }>, { clock, environment }: PagerPorts): Pager => ({
  kind: 'webhook',
  async deliver(page) {
    const body = documentOf(page)
    const timestamp = String(Math.floor(clock.now() / 1000))
    const secret = config.secretEnv ? environment(config.secretEnv) : undefined
    if (config.secretEnv && !secret)
      throw fault('page-not-sent', { kind: 'webhook', problem: `the environment has no ${config.secretEnv}` })
    const answer = await fetch(config.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': page.dedupe,
        'jidoka-timestamp': timestamp,
        ...(secret ? { 'jidoka-signature': `v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}` } : {}),
      },
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(config.timeoutMs),
    }).catch((cause) => {
      throw fault('page-not-sent', { kind: 'webhook', problem: cause?.cause?.code ?? cause?.message }, cause)
    })
    await answer.body?.cancel()
    if (!answer.ok) throw fault('page-not-sent', { kind: 'webhook', problem: `it answered ${answer.status}` })
  },
})
