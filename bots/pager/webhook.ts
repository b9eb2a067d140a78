import { createHmac } from 'node:crypto'
import type { PagerConfig } from '../../core/catalog/schema-people.ts'
import { fault } from '../../core/errors.ts'
import { documentOf, newsOf, oneByOne, type Pager, type PagerPorts } from './define.ts'
import { postJson } from './post.ts'

/**
 * Posts the page as JSON, once for each person who is called, with the ways to reach them. With `secretEnv` the body is signed:
 * `Jidoka-Signature: v1=<hex HMAC-SHA256 of timestamp.body>` beside `Jidoka-Timestamp` (seconds). Anything but 2xx counts as not
 * delivered. Who was called hears what became of it: `Jidoka-Event` is `page.called`, `page.acknowledged` or `page.closed`.
 */
export function webhookPager(config: Extract<PagerConfig, { kind: 'webhook' }>, { clock, environment }: PagerPorts): Pager {
  async function send(event: string, key: string, body: string): Promise<void> {
    const timestamp = String(Math.floor(clock.now() / 1000))
    const secret = config.secretEnv ? environment(config.secretEnv) : undefined
    if (config.secretEnv && !secret)
      throw fault('page-not-sent', { kind: 'webhook', problem: `the environment has no ${config.secretEnv}` })
    const signature = secret ? `v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}` : undefined
    await postJson('webhook', config.url, {
      body,
      headers: {
        'idempotency-key': key,
        'jidoka-event': event,
        'jidoka-timestamp': timestamp,
        ...(signature ? { 'jidoka-signature': signature } : {}),
      },
      timeoutMs: config.timeoutMs,
    })
  }
  return {
    kind: 'webhook',
    split: oneByOne,
    deliver: (page) => send('page.called', page.call ? `${page.call.page}/${page.call.n}` : page.dedupe, documentOf(page)),
    tell: (news) => send(`page.${news.kind}`, `${news.page.call.page}/${news.page.call.n}/${news.kind}/${news.at}`, newsOf(news)),
  }
}
