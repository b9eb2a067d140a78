import { createHash } from 'node:crypto'
import type { PagerConfig } from '../../core/catalog/schema-people.ts'
import { fault } from '../../core/errors.ts'
import type { Page, Pager, PagerPorts, Reach } from './define.ts'

type SmtpConfig = Extract<PagerConfig, { kind: 'smtp' }>
interface Mail {
  to: string[]
  subject: string
  text: string
  messageId: string
  references?: string
  priority?: 'high' | 'normal'
}

/**
 * E-mail: each person who is called gets one of their own, and the addresses of `to` one of theirs. All mails of a page are one
 * thread, and the same call sent again carries the same Message-ID. TLS is required unless it is switched off.
 */
export function smtpPager(config: SmtpConfig, ports: PagerPorts): Pager {
  const send = mailer(config, ports)
  const domain = /@([A-Za-z0-9.-]+)/.exec(config.from)?.[1] ?? 'jidoka.invalid'
  const root = (page: Page) => `<${digest(page.call?.page ?? page.dedupe)}@${domain}>`
  const id = (page: Page, what: string) => `<${digest(page.call?.page ?? page.dedupe)}.${what}@${domain}>`
  const recipients = (page: Page) => {
    const person = page.call?.people[0]
    return person?.email ? [person.email] : config.to
  }
  const threaded = (page: Page) => ({ to: recipients(page), references: root(page) })

  return {
    kind: 'smtp',
    split: (people) => [
      ...people.filter(({ email }) => email !== undefined).map((person): Reach[] => [person]),
      ...(config.to.length > 0 ? [[]] : []),
    ],
    deliver: (page) =>
      send({
        ...threaded(page),
        subject: page.title,
        text: page.text,
        messageId: id(page, page.call ? `call-${page.call.n}` : 'call'),
        priority: page.payload.urgency === 'low' ? 'normal' : 'high',
      }),
    tell: ({ page, kind, at, text }) =>
      send({ ...threaded(page), subject: `Re: ${page.title}`, text, messageId: id(page, `${kind}-${page.call.n}-${at}`) }),
  }
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 32)

function mailer(config: SmtpConfig, { clock, environment, ca }: PagerPorts) {
  const library = import('nodemailer')
  // Told when something is to be sent; an unhandled rejection would end the process.
  library.catch(() => {})
  const refuse = (problem: string, cause?: unknown, more: object = {}) => fault('page-not-sent', { kind: 'smtp', problem, ...more }, cause)
  const secretOf = (name: string | undefined) => {
    if (name === undefined) return undefined
    const value = environment(name)
    if (!value) throw refuse(`the environment has no ${name}`)
    return value
  }

  return async (mail: Mail): Promise<void> => {
    if (mail.to.length === 0) throw refuse('nobody who is called has an address', undefined, { permanent: true })
    const user = secretOf(config.userEnv)
    const pass = secretOf(config.passwordEnv)
    const { createTransport } = await library
    const { host, port, secure, timeoutMs } = config
    const transport = createTransport({
      host,
      port,
      secure,
      requireTLS: config.requireTls,
      ...(user === undefined ? {} : { auth: { user, pass: pass ?? '' } }),
      ...(ca === undefined ? {} : { tls: { ca } }),
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      disableFileAccess: true,
      disableUrlAccess: true,
    })
    let late = () => {}
    const deadline = new Promise<never>((_, reject) => {
      late = clock.after(timeoutMs, () => reject(new Error(`the mail server did not take it within ${timeoutMs} ms`)))
    })
    try {
      const headers = { 'auto-submitted': 'auto-generated' }
      await Promise.race([transport.sendMail({ from: config.from, ...mail, inReplyTo: mail.references, headers }), deadline])
    } catch (error) {
      throw refuse(problemOf(error), error, { permanent: isPermanent(error) })
    } finally {
      late()
      transport.close()
    }
  }
}

interface SmtpError {
  code?: string
  responseCode?: number
  message?: string
}

/** Without the words of the server: they name the address. */
function problemOf(error: unknown): string {
  const { code, responseCode, message } = error as SmtpError
  if (responseCode !== undefined) return `the mail server answered ${responseCode}${code ? ` (${code})` : ''}`
  return code ?? message ?? 'unknown'
}

/** The address itself is refused; anything else may be mended. */
const isPermanent = (error: unknown) => {
  const { code, responseCode = 0 } = error as SmtpError
  return code === 'EENVELOPE' && responseCode >= 550 && responseCode < 560
}
