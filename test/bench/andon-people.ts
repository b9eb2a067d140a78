import * as payloads from '../slack/payloads.ts'
import { postCommand } from '../slack/signed.ts'

/** People at their keyboards, in a process of their own: all of them send `/andon` at the same moment, signed as Slack signs. */
interface Asked {
  url: string
  secret: string
  people: { id: string; name: string }[]
  channel: string
  round: number
}

process.on('message', async ({ url, secret, people, channel, round }: Asked) => {
  const place = { id: channel, name: 'ops', kind: 'public' as const }
  const answers = await Promise.all(
    people.map((person, n) => {
      const text = `round ${round}: something is wrong in place ${n}`
      const answerAt = `https://hooks.slack.com/commands/T1/${round}/${n}`
      return postCommand(url, secret, payloads.command(person, place, '/andon', text, `${round}.${n}`, answerAt))
    }),
  )
  process.send?.(answers.map(({ status, ms }) => ({ status, ms })))
})
