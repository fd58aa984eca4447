// @ts-check
'use strict';
// Jupyter's messages where tslab 1.0.22 leaves some out or sends wrong ones: execution counts, errors with name,
// message and traceback, the idle state of queued cells, bursts of output, the end of the process.

const { newCell } = require('./session.cjs');

/** Milliseconds for requests that were sent before a failure to arrive. */
const LATECOMERS = 20;

/**
 * @param {any} jupyter tslab's module
 * @param {{ session: import('./session.cjs').Session, version: string, failure: () => { ename: string, evalue: string, traceback: string[] } }} parts
 */
function mendProtocol(jupyter, { session, version, failure }) {
  const handler = jupyter.JupyterHandlerImpl.prototype;
  const server = jupyter.ZmqServer.prototype;

  const execute = handler.handleExecute;
  handler.handleExecute = async function (/** @type {unknown[]} */ ...args) {
    // after a failing cell the queued ones are dropped. tslab drops all that come in the next 200 ms, also those of
    // somebody who has seen the failure: here they are let in, and dropped, before the failure is told
    const queue = this.execQueue;
    const { reset } = queue.constructor.prototype;
    queue.reset = () => {};
    const content = await execute.apply(this, args);
    if (content.status === 'error') {
      await new Promise((resolve) => { setTimeout(resolve, LATECOMERS); });
      reset.call(queue);
    }
    return content;
  };

  const runCell = handler.handleExecuteImpl;
  handler.handleExecuteImpl = function (/** @type {any} */ request, /** @type {unknown[]} */ ...rest) {
    // a client that answers no questions runs without a reader
    const cell = newCell({ count: this.execCount + 1, source: request.code, send: request.send, isAttended: request.allow_stdin !== false });
    cell.rejections = session.blamed.splice(0);
    request.begin(cell.count);
    return session.inCell(cell, async () => {
      try {
        return await runCell.call(this, request, ...rest);
      } finally { cell.ended = true; }
    });
  };

  const kernelInfo = handler.handleKernel;
  handler.handleKernel = function () {
    const info = kernelInfo.call(this);
    return { ...info, status: 'ok', language_info: { ...info.language_info, version } };
  };

  // a request that is answered while a cell runs (completion, the next cell of Run All) must not leave "idle" standing
  const publishStatus = server.publishStatus;
  server.publishStatus = function (/** @type {string} */ status, /** @type {any} */ message) {
    publishStatus.call(this, status, message);
    if (status === 'idle' && session.busy && this.running !== message) publishStatus.call(this, 'busy', this.running);
  };

  server.handleExecute = async function (/** @type {any} */ socket, /** @type {any} */ message) {
    const make = (/** @type {string} */ type, /** @type {object} */ content) => Object.assign(reply(message, type), { content });
    const send = (/** @type {string} */ type, /** @type {object} */ content) => make(type, content).signAndSend(this.connInfo.key, this.iopub);
    const begin = (/** @type {number} */ count) => {
      this.running = message;
      this.publishStatus('busy', message);
      send('execute_input', { code: message.content.code, execution_count: count });
    };
    const content = await this.handler.handleExecute(
      { ...message.content, begin, send },
      (/** @type {string} */ name, /** @type {string} */ text) => send('stream', { name, text }),
      (/** @type {object} */ data, /** @type {boolean} */ isUpdate) => send(isUpdate ? 'update_display_data' : 'display_data', data),
    );
    if (content.status === 'abort') content.status = 'aborted';
    if (content.status === 'error') {
      const error = failure();
      send('error', error);
      Object.assign(content, error);
    }
    make('execute_reply', { payload: [], user_expressions: {}, ...content }).signAndSend(this.connInfo.key, socket);
  };

  // tslab answers with the type of another message
  server.handleCommInfoRequest = function (/** @type {any} */ socket, /** @type {any} */ message) {
    Object.assign(reply(message, 'comm_info_reply'), { content: { status: 'ok', comms: {} } }).signAndSend(this.connInfo.key, socket);
  };

  const bind = server.bindSocket;
  server.bindSocket = function (/** @type {any} */ socket, /** @type {number} */ port) {
    // else the 513th message of one synchronous burst and all after it are lost, and the cell never ends
    if (socket === this.iopub) Object.assign(socket, { sendHighWaterMark: 0, sendTimeout: 0 });
    return bind.call(this, socket, port);
  };

  const close = server.close;
  server.close = function () {
    session.isClosed = true;
    setTimeout(() => process.exit(0), 200);               // whatever closing meets
    close.call(this);
  };
}

/**
 * @param {any} message
 * @param {string} type
 */
function reply(message, type) {
  const answer = message.createReply();
  answer.header.msg_type = type;
  return answer;
}

module.exports = { mendProtocol };
