import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'
import type { Finding } from '../../bots/slack/doctor.ts'
import type { PagerConfig } from '../../core/catalog/schema-people.ts'
import { reach } from './reach.ts'

type Environment = (name: string) => string | undefined

/** Whether people can be reached at all: dry, nobody is called. */
export async function examinePagers(pagers: readonly PagerConfig[], environment: Environment): Promise<Finding[]> {
  const each = await Promise.all(pagers.map((pager) => examine(pager, environment)))
  const silent = pagers.every(({ kind }) => kind === 'log')
  const alone: Finding[] = silent
    ? [
        {
          check: 'pagers',
          level: 'warn',
          text: 'Pages are only written to the terminal: nobody is woken.',
          mend: 'Add a pager (pagers: pagerduty, webhook, smtp or exec).',
        },
      ]
    : []
  return [...each.flat(), ...alone]
}

async function examine(pager: PagerConfig, environment: Environment): Promise<Finding[]> {
  const check = `pager ${pager.kind}`
  const unset = secretsOf(pager).filter((name) => !environment(name)?.trim())
  const missing = unset.map(
    (name): Finding => ({ check, level: 'fail', text: `${name} is not set.`, mend: `Put the secret of this pager into ${name}.` }),
  )
  const problem = await tried(pager, environment)
  const found: Finding =
    problem === null
      ? { check, level: 'ok', text: placeOf(pager) }
      : {
          check,
          level: 'fail',
          text: `${placeOf(pager)}: ${problem}`,
          mend: 'Start what should answer there, or look at the address and the way out of this host.',
        }
  return [...missing, found]
}

function secretsOf(pager: PagerConfig): string[] {
  const names: (string | undefined)[] =
    pager.kind === 'webhook'
      ? [pager.secretEnv]
      : pager.kind === 'pagerduty'
        ? [pager.routingKeyEnv, pager.webhookSecretEnv]
        : pager.kind === 'smtp'
          ? [pager.userEnv, pager.passwordEnv]
          : []
  return names.filter((name) => name !== undefined)
}

function placeOf(pager: PagerConfig): string {
  switch (pager.kind) {
    case 'log':
      return 'the terminal'
    case 'exec':
      return pager.command[0] as string
    case 'smtp':
      return `${pager.host}:${pager.port}`
    case 'webhook':
    case 'pagerduty':
      return new URL(pager.url).host
  }
}

/** Null: it would be reached. */
async function tried(pager: PagerConfig, environment: Environment): Promise<string | null> {
  switch (pager.kind) {
    case 'log':
      return null
    case 'exec':
      return (await runnable(pager.command[0] as string, environment)) ? null : 'there is no such program, or it may not be run'
    case 'smtp':
      return reach({ host: pager.host, port: pager.port, tls: pager.secure, timeoutMs: pager.timeoutMs })
    case 'webhook':
    case 'pagerduty': {
      const { protocol, hostname, port } = new URL(pager.url)
      const tls = protocol === 'https:'
      return reach({ host: hostname, port: Number(port || (tls ? 443 : 80)), tls, timeoutMs: pager.timeoutMs })
    }
  }
}

async function runnable(program: string, environment: Environment): Promise<boolean> {
  const places =
    isAbsolute(program) || program.includes('/')
      ? [program]
      : (environment('PATH') ?? '').split(delimiter).map((folder) => join(folder, program))
  for (const path of places) {
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (found) return true
  }
  return false
}
