import { type ApiOptions, type Cli, defineCommand, forScripts, reaching } from '../define.ts'

interface Switch {
  scope: string
  off: boolean
  by: string
  reason: string
  at: string
}

export const automation = defineCommand('automation', {
  summary: 'Show the off-switches, or turn automation off and on',
  setup(command, cli, run) {
    forScripts(reaching(command)).action(run((options) => show(cli, options)))
    for (const word of ['off', 'on'] as const)
      reaching(
        command
          .command(word)
          .argument('[scope]', 'a component; everything when absent', 'global')
          .description(`Turn automation ${word}; what is found is still recorded and paged`),
      )
        .option('--reason <words>', 'why; told in every page meanwhile', 'by hand')
        .action(
          run(async (scope, options) => {
            await (await cli.api(options)).send('PUT', `/v1/automation/${encodeURIComponent(scope)}`, {
              off: word === 'off',
              reason: options.reason,
            })
            cli.out(`Automation is ${word} for ${scope === 'global' ? 'everything' : scope}.`)
            return 0
          }),
        )
  },
})

async function show(cli: Cli, options: ApiOptions & { json?: boolean }) {
  const { items } = await (await cli.api(options)).get<{ items: Switch[] }>('/v1/automation')
  const off = items.filter((one) => one.off)
  if (options.json) cli.json({ items })
  else if (off.length === 0) cli.out('Automation is on everywhere.')
  else
    for (const one of off)
      cli.out(`off for ${one.scope === 'global' ? 'everything' : one.scope} since ${one.at}: ${one.reason} (${one.by})`)
  return off.length === 0 ? (0 as const) : (1 as const)
}
