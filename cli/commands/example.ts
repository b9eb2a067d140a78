import { type Cli, defineCommand, forScripts } from '../define.ts'

export const example = defineCommand('example', {
  summary: 'Break the example platform on purpose, and mend it again',
  setup(command, cli, run) {
    const on = (name: string, description: string) =>
      command.command(name).description(description).option('--data <folder>', 'data folder (default: .jidoka)')
    forScripts(on('status', 'Its processes, and what the traffic driver counted')).action(run((options) => status(cli, options)))
    on('kill', 'kill -9 the process of a member')
      .argument('<member>')
      .option('--for-good', 'it will not come up again until it is restored')
      .action(run((member, options) => act(cli, options, 'kill', member)))
    on('hang', 'kill -STOP the process of a member: it is there, and does not answer')
      .argument('<member>')
      .action(run((member, options) => act(cli, options, 'hang', member)))
    on('lose', 'a whole node is gone: its agent and all its processes')
      .argument('<node>', 'a node, or a member on it')
      .action(run((node, options) => act(cli, options, 'lose', node)))
    on('restore', 'undo kill --for-good, hang and lose')
      .argument('[what]', 'a member, a node, or all', 'all')
      .action(run((what, options) => act(cli, options, 'restore', what)))
  },
})

interface ExampleOptions {
  data?: string
  json?: boolean
  forGood?: boolean
}

async function act(cli: Cli, options: ExampleOptions, action: 'kill' | 'hang' | 'lose' | 'restore', target: string) {
  const control = await import('../../examples/platform/control.ts')
  const where = { dataFolder: cli.dataOf(options) }
  const told = action === 'kill' ? await control.kill(where, target, { forGood: options.forGood }) : await control[action](where, target)
  for (const line of told) cli.out(line)
  return 0 as const
}

async function status(cli: Cli, options: ExampleOptions) {
  const { exampleStatus } = await import('../../examples/platform/control.ts')
  const found = await exampleStatus({ dataFolder: cli.dataOf(options) })
  if (options.json) {
    cli.json(found)
    return 0 as const
  }
  cli.out(`router ${found.router}`)
  for (const { id, component, pid, port, role } of found.members)
    cli.out(
      `  ${id.padEnd(14)} ${component.padEnd(12)} port ${port}  pid ${String(pid ?? '-').padEnd(8)} ${role === 'unknown' ? '' : role}`.trimEnd(),
    )
  const { traffic } = found
  cli.out(
    traffic
      ? `traffic: ${traffic.sent} sent, ${traffic.answered} answered, ${traffic.refused} refused, ${traffic.byNonActive} answered by a member that was not active`
      : 'traffic: the driver does not answer',
  )
  return 0 as const
}
