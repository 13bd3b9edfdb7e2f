# The shipped form: production dependencies, one bundle, an ordinary user. Debian, because the PostgreSQL that
# npm delivers needs glibc.
FROM debian:bookworm-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends nodejs npm ca-certificates \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY server/package.json server/
COPY sandbox/package.json sandbox/
RUN npm ci
COPY . .
RUN npm run build && npm ci --omit=dev

FROM debian:bookworm-slim
RUN useradd --create-home --uid 10001 multiwa && mkdir /data && chown multiwa /data
WORKDIR /app
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY --from=build /app/server/package.json server/
COPY --from=build /app/sandbox/package.json sandbox/
ENV NODE_ENV=production PORT=3333 HOST=0.0.0.0 DATA_DIR=/data
USER multiwa
VOLUME /data
EXPOSE 3333
STOPSIGNAL SIGTERM
CMD ["node_modules/.bin/node", "--enable-source-maps", "dist/server.js"]
