import { readConfig, USAGE } from './config.ts'
import { RelayCannotStart, startRelay, type Relay } from './relay.ts'
import { welcome } from './welcome.ts'

const answer = readConfig(process.argv.slice(2), process.env)
switch (answer.type) {
  case 'help':
    process.stdout.write(`${USAGE}\n`)
    break
  case 'refused':
    process.stderr.write(`${answer.sentence}\n`)
    process.exitCode = 2
    break
  case 'config':
    try {
      const relay = await startRelay(answer.config)
      process.stdout.write(welcome(relay, answer.config))
      stopOnSignal(relay)
    } catch (thrown) {
      if (!(thrown instanceof RelayCannotStart)) throw thrown
      process.stderr.write(`${thrown.message}\n`)
      process.exitCode = 1
    }
}

/** The first signal drains; a second one finds the default again and ends the process at once. */
function stopOnSignal(relay: Relay): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void relay.close())
  }
}
