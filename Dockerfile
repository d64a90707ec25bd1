# The portal for services: one image for web, worker and schedule. Settings come from the environment alone.
FROM python:3.11-slim AS built
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /portal
RUN python -m venv /venv
COPY requirements.txt ./
RUN /venv/bin/pip install --require-hashes -r requirements.txt
COPY . .
# Node comes as a locked Python package and stays behind in this stage.
RUN DATA_DIR=/data /venv/bin/python manage.py build_assets && rm -rf node_modules .node /data/*.key

FROM python:3.11-slim
RUN useradd --system --no-create-home portal && mkdir /data && chown portal /data
WORKDIR /portal
COPY --from=built --chown=root:root /portal /portal
COPY --from=built /venv /venv
COPY --from=built --chown=root:root /data/static /data/static
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PORTAL_MODE=production DATA_DIR=/data
USER portal
EXPOSE 8000
CMD ["python", "manage.py", "serve", "web"]
