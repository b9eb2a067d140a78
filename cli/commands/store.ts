import { type Cli, defineCommand, forScripts } from '../define.ts'
import type { CopyFlags } from '../store/copy.ts'

const summary = 'Look at a store, or copy one from SQLite to PostgreSQL'

export const store = defineCommand('store', {
  summary,
  setup(command, cli: Cli, run) {
    forScripts(command.command('copy').description('Copy everything to an empty PostgreSQL; stop the controller first'))
      .requiredOption('--from <store>', 'sqlite:FILE; it is left as it is')
      .requiredOption('--to <store>', 'postgres://USER@HOST/DATABASE, empty')
      .action(run(async (flags: CopyFlags) => (await import('../store/copy.ts')).copy(cli, flags)))
    forScripts(command.command('info').description('What is in a store; changes nothing'))
      .requiredOption('--store <store>', 'sqlite:FILE or postgres://USER@HOST/DATABASE')
      .action(run(async (flags: { store: string; json?: boolean }) => (await import('../store/copy.ts')).info(cli, flags)))
  },
})
