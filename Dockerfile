# The shipped form: production dependencies, one bundle, an ordinary user. Debian, because the PostgreSQL that
# npm delivers needs glibc.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY server/package.json server/
COPY sandbox/package.json sandbox/
COPY signal/package.json signal/
COPY signal/stand-in/package.json signal/stand-in/
COPY sdk/package.json sdk/
COPY web/package.json web/
RUN npm ci
COPY . .
RUN npm run build && npm ci --omit=dev

FROM node:24-bookworm-slim
RUN useradd --create-home --uid 10001 multiwa && mkdir /data && chown multiwa /data
WORKDIR /app
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY --from=build /app/package.json ./
COPY --from=build /app/server/package.json server/
COPY --from=build /app/sandbox/package.json sandbox/
COPY --from=build /app/signal/package.json signal/
COPY --from=build /app/signal/stand-in/package.json signal/stand-in/
COPY --from=build /app/sdk/package.json sdk/
COPY --from=build /app/web/package.json web/
# Compiled code is kept here from one start to the next.
RUN mkdir dist/.cache && chown multiwa dist/.cache
ENV NODE_ENV=production MALLOC_ARENA_MAX=2 PORT=3333 HOST=0.0.0.0 DATA_DIR=/data
USER multiwa
VOLUME /data
EXPOSE 3333
STOPSIGNAL SIGTERM
HEALTHCHECK --start-period=30s CMD ["node", "-e", "fetch('http://127.0.0.1:3333/api/v1/health/ready').then(a => process.exit(a.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=4", "dist/server.js"]
