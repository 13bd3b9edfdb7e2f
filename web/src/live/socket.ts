/** In a file of its own, so that the socket's library is loaded after the first paint. */
export { listen as open } from '@multiwa/sdk';
