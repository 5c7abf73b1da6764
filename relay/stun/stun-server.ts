import { createSocket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import { countedAddressOf } from '../client-address.ts'
import type { Log } from '../log.ts'
import { answerBindingRequest, parseBindingRequest } from './stun-message.ts'
import { makeStunPace } from './stun-pace.ts'

/** Tells browsers the address they are seen under, so that none has to ask a stranger's server. */
export interface StunServer {
  readonly port: number
  /** Binding requests answered since the start. */
  readonly answered: number
  close(): Promise<void>
}

export interface StunServerInit {
  readonly host: string
  readonly port: number
  readonly log: Log
  readonly now?: () => number
}

/** Rejects when the UDP port cannot be opened. */
export async function startStunServer(init: StunServerInit): Promise<StunServer> {
  const { host, log, now = () => performance.now() } = init
  const socket = createSocket({ type: isIPv6(host) ? 'udp6' : 'udp4' })
  const pace = makeStunPace(now)
  let answered = 0

  socket.on('message', (datagram, { address, port }) => {
    const request = parseBindingRequest(datagram)
    // Port 0 cannot be answered; a forged one would make `send` throw.
    if (request === null || port === 0) return
    if (!pace.allows(countedAddressOf(address) ?? address)) return
    answered++
    socket.send(answerBindingRequest(request, { address, port }), port, address, (error) => {
      if (error !== null) log.debug('STUN answer failed', { reason: error.message })
    })
  })

  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.bind({ address: host, port: init.port, exclusive: true }, () => {
      socket.off('error', reject)
      // ICMP answers of unreachable clients arrive here on some systems.
      socket.on('error', (error) => log.debug('STUN socket failed', { reason: error.message }))
      resolve()
    })
  })

  return {
    port: socket.address().port,
    get answered() {
      return answered
    },
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  }
}
